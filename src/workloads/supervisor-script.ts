/**
 * The main process of a service with `start`, in POSIX sh: `sh -c SCRIPT FOLDER/supervisor SHELL NAME`, with its files in the
 * folder, which need not be there before it is released. It needs `cat`, `date` and `sleep` and nothing else, and never polls.
 *
 * - It is what `ps` shows, and what `pkill -f` looks at: no comment and no start command is in it, and `""` is within each word
 *   that a step may ask for, such as `main`. Whoever asks for these must not end the container.
 * - No signal is lost between looking for `start` and waiting: the wait is for an idler that runs before the look, and
 *   the signal ends the idler. It is killed by KILL: a TERM right after the fork would meet the shell's own trap.
 * - A background command of sh ignores INT and QUIT, so whatever ends us ends the child by TERM.
 * - As process 1 it tells every process of the container, since a shell that runs the start command does not pass TERM on.
 * - Each `wait` also reaps what orphans left to process 1.
 */
export const supervisorScript = `
dir=\${0%/*}
shell=$1 wanted=$2
child= idler= ending= told=

say() { echo "qaack: $*"; }

rest() {
  sl""eep "$1" &
  idler=$!
}

wake() {
  if [ -n "$idler" ]; then kill -KILL "$idler" 2>/de""v/null; fi
}

await_idler() {
  wait "$idler" 2>/de""v/null
  wake
  wait "$idler" 2>/de""v/null
  idler=
}

stop_child() {
  if [ "$$" = 1 ]; then kill -TERM -1 2>/de""v/null
  elif [ -n "$child" ]; then kill -TERM "$child" 2>/de""v/null
  fi
}

end() {
  ending=yes
  wake
  stop_child
}

released() {
  name=
  [ -r "$dir/st""art" ] && read -r name < "$dir/st""art"
  [ -n "$name" ] && [ "$name" = "$wanted" ]
}

trap wake USR1
trap end TERM INT QUIT HUP WINCH

while [ -z "$ending" ]; do
  rest 2147483647
  if released; then wake; await_idler; break; fi
  [ -z "$told" ] && say "waiting for the bu""ild" && told=yes
  await_idler
done

pause=1
left=0
while [ -z "$ending" ]; do
  say "st""arting the ma""in pro""cess"
  began=$(date +%s)
  line=$(cat "$dir/st""art-comm""and")
  "$shell" -c "$line" &
  child=$!
  if [ -n "$ending" ]; then kill -KILL "$child" 2>/de""v/null; fi
  while :; do
    wait "$child"
    left=$?
    kill -0 "$child" 2>/de""v/null || break
  done
  child=
  if [ -n "$ending" ]; then break; fi
  lived=$(( $(date +%s) - began ))
  if [ "$lived" -ge 60 ]; then pause=1; fi
  say "ma""in pro""cess ended with co""de $left, rest""arting in $pause s"
  rest "$pause"
  if [ -n "$ending" ]; then wake; fi
  await_idler
  pause=$(( pause * 2 ))
  if [ "$pause" -gt 30 ]; then pause=30; fi
done

say "ended"
exit "$left"
`
