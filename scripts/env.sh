# Source me: puts this repository's Node 24 and pnpm first on PATH, fetching them by npm when missing or stale.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if ! cmp -s "$ROOT/tools/package-lock.json" "$ROOT/tools/node_modules/.stamp"; then
  echo "fetching Node 24 and pnpm …" >&2
  (cd "$ROOT/tools" && npm ci --no-audit --no-fund --loglevel=error >&2)
  cp "$ROOT/tools/package-lock.json" "$ROOT/tools/node_modules/.stamp"
fi
export PATH="$ROOT/tools/node_modules/.bin:$PATH" TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 CHECKPOINT_DISABLE=1
hash -r
