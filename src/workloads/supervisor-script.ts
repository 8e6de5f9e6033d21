/**
 * The main process of a service with `start`, in POSIX sh: `sh -c SCRIPT FOLDER/supervisor SHELL NAME`, with its files in the
 * folder, which need not be there before it is released. It needs `cat`, `date` and `sleep` and nothing else, and never polls.
 *
 * - It is what `ps` shows, and what `pkill -f` looks at: no word in it is likely to be asked for, no comment and no start command.
 * - No signal is lost between looking for `start` and waiting: the wait is for a sleeper that runs before the look, and
 *   the signal ends the sleeper. It is killed by KILL: a TERM right after the fork would meet the shell's own trap.
 * - A background command of sh ignores INT and QUIT, so whatever ends us ends the child by TERM.
 * - As process 1 it tells every process of the container, since a shell that runs the start command does not pass TERM on.
 * - Each `wait` also reaps what orphans left to process 1.
 */
export const supervisorScript = `
dir=\${0%/*}
shell=$1 wanted=$2
child= sleeper= ending= told=

say() { echo "qaack: $*"; }

rest() {
  sleep "$1" &
  sleeper=$!
}

wake() {
  if [ -n "$sleeper" ]; then kill -KILL "$sleeper" 2>/dev/null; fi
}

await_sleeper() {
  wait "$sleeper" 2>/dev/null
  wake
  wait "$sleeper" 2>/dev/null
  sleeper=
}

stop_child() {
  if [ "$$" = 1 ]; then kill -TERM -1 2>/dev/null
  elif [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null
  fi
}

end() {
  ending=yes
  wake
  stop_child
}

released() {
  name=
  [ -r "$dir/start" ] && read -r name < "$dir/start"
  [ -n "$name" ] && [ "$name" = "$wanted" ]
}

trap wake USR1
trap end TERM INT QUIT HUP WINCH

while [ -z "$ending" ]; do
  rest 2147483647
  if released; then wake; await_sleeper; break; fi
  [ -z "$told" ] && say "waiting for the build" && told=yes
  await_sleeper
done

pause=1
code=0
while [ -z "$ending" ]; do
  say "starting the main process"
  began=$(date +%s)
  command=$(cat "$dir/start-command")
  "$shell" -c "$command" &
  child=$!
  if [ -n "$ending" ]; then kill -KILL "$child" 2>/dev/null; fi
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
  if [ -n "$ending" ]; then break; fi
  lived=$(( $(date +%s) - began ))
  if [ "$lived" -ge 60 ]; then pause=1; fi
  say "main process ended with code $code, restarting in $pause s"
  rest "$pause"
  if [ -n "$ending" ]; then wake; fi
  await_sleeper
  pause=$(( pause * 2 ))
  if [ "$pause" -gt 30 ]; then pause=30; fi
done

say "ended"
exit "$code"
`
