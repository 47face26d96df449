#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Has systemd look at the unit, as installed into a folder. Status 77: systemd is not here.
#
#   unit.bash BUILD   the folder of a build
set -euo pipefail

build=$1
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is missing" && exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

unit=$root/switchboard@9000.service
# It wants to see the program.
sed "s,^ExecStart=[^ ]*,ExecStart=$build/bin/switchboard-server," "$build/packaging/switchboard@.service" >"$unit"
cp "$unit" "$root/switchboard@.service"

# It says something only where something is wrong.
complaints=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F switchboard || true)
if [[ $complaints ]]; then
    echo "FAIL: $complaints" >&2
    exit 1
fi
# Of 10, where 10 is no sandbox at all.
exposure=$(systemd-analyze security --offline=true --no-pager "$root/switchboard@.service" | tail -n 1)
echo "$exposure"
[[ $exposure =~ ([0-9]+)\.[0-9]\ OK ]] && ((BASH_REMATCH[1] < 2))

# What the daemon is started with in it is what it takes.
start=$(sed -n 's/^ExecStart=//p' "$unit")
start=${start//%i/9000}
start=${start//"$(sed -n 's/.*--config \([^ ]*\).*/\1/p' <<<"$start")"/$build/packaging/switchboard.toml}
[[ $($start --check-config) == ok ]]
