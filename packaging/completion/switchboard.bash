# bash completion for switchboard-server, switchboard-monitor and switchboard-bench     -*- shell-script -*-
# SPDX-License-Identifier: BSD-3-Clause
#
# Flags, and which of them take a file, come from the program's own help; of values, only a few words stand here.

_switchboard()
{
    local program=$1 current=$2 flag=$3 help subject=()
    # Of --flag=value bash makes three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $flag == = ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    if [[ $program == *-bench ]] && ((COMP_CWORD > 1)); then
        subject=("${COMP_WORDS[1]}") # each scenario has flags of its own
    fi
    help=$("$program" "${subject[@]}" --help 2>/dev/null)

    COMPREPLY=()
    local words=
    case $flag in
    --engine) words="lean qt" ;;
    --deflate) words="shared dedicated off" ;;
    --log-level) words="debug info warning error" ;;
    --log-format) words="human json" ;;
    --dialect) words="switchboard socketio nchan" ;;
    --*)
        if [[ $help =~ $flag" <file>" ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
        elif [[ $help =~ $flag" <" ]]; then
            return # a number, or what only its owner knows
        fi
        ;;&
    *)
        words=$(grep -o -e '--[a-z][a-z-]*' <<<"$help" | sort -u)
        if [[ $program == *-bench ]] && ((COMP_CWORD == 1)); then
            words+=$'\n'$(sed -n '/^Scenarios:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$help")
        fi
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _switchboard switchboard-server switchboard-monitor switchboard-bench
