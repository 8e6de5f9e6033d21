#!/bin/sh
# What a preview of one branch costs with git and docker alone: the same fetch, network, container, code, step, start
# and wait as Qaack does for src/bench/push.ts, written as one would by hand.
# usage: bare-push.sh ORIGIN BRANCH WORKDIR IMAGE
set -eu
origin=$1 branch=$2 work=$3 image=$4
name="qaack-bench-bare-$$"

[ -d "$work/mirror.git" ] || git clone -q --mirror "$origin" "$work/mirror.git"
git -C "$work/mirror.git" fetch -q --prune
docker network create --subnet 10.212.0.0/27 "$name" >/dev/null
docker create --name "$name" --network "$name" --memory 2g --cpus 2 --pids-limit 4096 "$image" sleep infinity >/dev/null
docker start "$name" >/dev/null
git clone -q --branch "$branch" "$work/mirror.git" "$work/$name"
docker exec "$name" mkdir -p /app
tar -C "$work/$name" -c . | docker cp - "$name:/app"
docker exec -w /app "$name" sh -c 'node build.mjs'
docker exec -d -w /app "$name" sh -c 'node server.mjs'
address=$(docker inspect -f "{{(index .NetworkSettings.Networks \"$name\").IPAddress}}" "$name")
until curl -sf -o /dev/null "http://$address:3000/"; do sleep 0.01; done
date +%s%N
docker rm -f "$name" >/dev/null
docker network rm "$name" >/dev/null
rm -rf "${work:?}/$name"
