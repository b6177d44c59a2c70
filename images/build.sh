#!/bin/sh
# build.sh slim|full: builds an image from dist/image, with names as the original's: tracee:latest and tracee:VERSION,
# tracee:slim and tracee:slim-VERSION. Works with any builder that docker has.
# Variables: IMAGE (the name, tracee), VERSION, DOCKER_BASE, NODE_IMAGE, FALCOSIDEKICK_IMAGE, DOCKER_NETWORK (of the
# build, such as host), IMAGE_SOURCE (address of the sources, for the label), SOURCE_DATE_EPOCH, DOCKER_HOST.
set -eu
cd "$(dirname "$0")/.."
kind=$1
image=${IMAGE:-tracee}
version=${VERSION:-$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)}
revision=$(git rev-parse HEAD 2>/dev/null || true)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
case $kind in
slim) prefix=slim- latest=slim ;;
full) prefix='' latest=latest ;;
*) echo "build.sh: slim or full, not $kind" >&2; exit 2 ;;
esac

# A tag can name another image tomorrow: what is built is told by digest, or by id where it is of no registry.
sidekick=${FALCOSIDEKICK_IMAGE:-$(sed -n 's/^ARG FALCOSIDEKICK_IMAGE=//p' "images/$kind/Dockerfile")}
case $sidekick in
*@sha256:*) ;;
*)
	docker image inspect "$sidekick" >/dev/null 2>&1 || docker pull --quiet "$sidekick" >&2
	sidekick=$(docker image inspect --format '{{if .RepoDigests}}{{index .RepoDigests 0}}{{else}}{{.Id}}{{end}}' "$sidekick")
	echo "falcosidekick is $sidekick" >&2
	;;
esac

set -- --file "images/$kind/Dockerfile" --tag "$image:$latest" --tag "$image:$prefix$version" \
	--build-arg "FALCOSIDEKICK_IMAGE=$sidekick" \
	--build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "SOURCE=${IMAGE_SOURCE:-}" \
	--build-arg "CREATED=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)"
[ -z "${DOCKER_BASE:-}" ] || set -- "$@" --build-arg "BASE=$DOCKER_BASE"
[ -z "${NODE_IMAGE:-}" ] || set -- "$@" --build-arg "NODE_IMAGE=$NODE_IMAGE"
[ -z "${DOCKER_NETWORK:-}" ] || set -- "$@" --network "$DOCKER_NETWORK"
docker build "$@" dist/image
