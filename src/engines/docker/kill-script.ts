/**
 * `sh -c SCRIPT sh MARK SESSIONS`: kills every process that has MARK among its variables, belongs to one of the SESSIONS
 * (a command of the engine begins one of its own, which also those keep whose variables were wiped by `sudo` or `env -i`),
 * or descends from such a process. Says the sessions it came across, then how many it killed. Nothing but what every
 * shell has built in, so that it runs in any image; processes that are dead and not yet buried do not count.
 */
export const killScript = `
mark=$1 sessions=" $2 " self=$$ all= hit=" "
cd /proc || exit 1
for p in [0-9]*; do
  if [ "$p" = "$self" ] || [ "$p" = 1 ]; then continue; fi
  s=
  while IFS= read -r l || [ -n "$l" ]; do s="$s $l"; l=; done < "$p/stat"
  s=\${s##*) }
  set -- $s
  if [ -z "$4" ] || [ "$1" = Z ] || [ "$1" = X ]; then continue; fi
  all="$all $p:$2:$4"
  while IFS= read -r l || [ -n "$l" ]; do
    case $l in *"$mark"*) hit="$hit$p "; case $sessions in *" $4 "*) ;; *) [ "$4" -gt 1 ] && sessions="$sessions$4 ";; esac; break;; esac
    l=
  done < "$p/environ"
done 2>/dev/null
more=1
while [ "$more" = 1 ]; do
  more=0
  for e in $all; do
    p=\${e%%:*} r=\${e#*:}
    case $hit in *" $p "*) continue;; esac
    case "$sessions" in *" \${r#*:} "*) hit="$hit$p " more=1; continue;; esac
    case $hit in *" \${r%%:*} "*) hit="$hit$p " more=1;; esac
  done
done
n=0
for p in $hit; do kill -9 "$p" 2>/dev/null; n=$((n+1)); done
for s in $sessions; do echo "session $s"; done
echo "killed $n"
`
