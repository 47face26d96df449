# SPDX-License-Identifier: BSD-3-Clause
"""Measures Switchboard beside its peers; the command is bench/compare."""
