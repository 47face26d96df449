#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Completes command lines as bash would, and compares with what the programs say of themselves.
#
#   completion.bash FILE FOLDER   the completion, and where the programs are
set -euo pipefail

# shellcheck source=/dev/null
source "$1"
PATH=$(cd -- "$2" && pwd):$PATH
# It works only while bash itself completes.
compopt() { :; }
failures=0
checks=0

# Completes the last word of a command line, as bash splits it, into COMPREPLY.
complete_line() {
    local line=$1 program=${1%% *} function
    function=$(complete -p "$program" | sed 's/.* -F \([^ ]*\) .*/\1/')
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line != *[\ =] ]] || COMP_WORDS+=("")
    # A word of its own would be the empty one behind a '=': there bash gives the '=' itself.
    if [[ $line == *= ]]; then
        unset 'COMP_WORDS[-1]'
    fi
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    "$function" "$program" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}

# Whether a line is completed to exactly these words.
expect() {
    local line=$1 expected actual
    shift
    expected=$(printf '%s\n' "$@" | sort)
    complete_line "$line"
    actual=$(printf '%s\n' "${COMPREPLY[@]}" | sort)
    checks=$((checks + 1))
    if [[ $actual != "$expected" ]]; then
        failures=$((failures + 1))
        printf 'FAIL: "%s" is completed to\n%s\nand not to\n%s\n' "$line" "$actual" "$expected" >&2
    fi
}

# The flags of which a help tells, one a line: what stands in front of their descriptions.
flags_of() {
    "$@" --help | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

# Completes every flag, and its values: files where it takes one, the words that it says it wants, or nothing.
check_flags() {
    local program=$1 flag help refusal
    local -a flags
    mapfile -t flags < <(flags_of "$@")
    ((${#flags[@]} >= 3)) || { echo "FAIL: $* has no flags" >&2 && exit 1; }
    expect "$* --" "${flags[@]}"
    help=$("$@" --help)
    for flag in "${flags[@]}"; do
        if [[ $help == *"$flag <file>"* ]]; then
            expect "$* $flag ./a-" ./a-file
            expect "$* $flag=./a-" ./a-file
        elif [[ $help == *"$flag <"* ]]; then
            refusal=$("$@" "$flag" '?' 2>&1 || true)
            if [[ $refusal =~ (is\ not|wants)\ ([a-z]+(,\ [a-z]+)*\ or\ [a-z]+)(,|$) ]]; then
                # shellcheck disable=SC2086 # a word each
                set_words ${BASH_REMATCH[2]}
                expect "$* $flag " "${words[@]}"
                expect "$* $flag=" "${words[@]}"
                expect "$* $flag ${words[0]}" "${words[0]}"
                expect "$* $flag=${words[0]}" "${words[0]}"
            else
                expect "$* $flag "
            fi
        else
            expect "$* $flag --hel" --help # it takes no value
        fi
    done
    program=${flags[0]}
    expect "$* ${program%?}" "$program"
    expect "$* --nonsense"
}

# Sets words to the words of a list such as "a, b or c".
set_words() {
    local word
    words=()
    for word in "$@"; do
        [[ $word == or ]] || words+=("${word%,}")
    done
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
touch a-file

export QT_QPA_PLATFORM=offscreen
check_flags switchboard-server
check_flags switchboard-monitor
mapfile -t scenarios < <(switchboard-bench --help | sed -n '/^Scenarios:/,/^$/s/^  \([a-z]*\) .*/\1/p')
((${#scenarios[@]} >= 5)) || { echo "FAIL: switchboard-bench has no scenarios" >&2 && exit 1; }
for scenario in "${scenarios[@]}"; do
    expect "switchboard-bench ${scenario%?}" "$scenario"
    check_flags switchboard-bench "$scenario"
done

echo "$((checks - failures)) of $checks completions are right"
((failures == 0))
