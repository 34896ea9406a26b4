# Source me: puts this repository's Node 24 and pnpm first on PATH, fetching them by npm when missing or stale.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Runs a command that may take a while: says what it is, then how long it goes on, and its output only if it fails.
with_progress() {
  local what="$1" started="$SECONDS" output ticker code=0
  shift
  output="$(mktemp)"
  printf '  … %s\n' "$what" >&2
  (while sleep 5 >/dev/null 2>&1 8<&-; do printf '  … %s (%s s)\n' "$what" "$((SECONDS - started))" >&2; done) &
  ticker="$!"
  "$@" >"$output" 2>&1 || code="$?"
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  if [ "$code" = 0 ]; then printf '  ✓ %s (%s s)\n' "$what" "$((SECONDS - started))" >&2; else cat "$output" >&2; fi
  rm -f "$output"
  return "$code"
}

_tools_are_stale() { ! cmp -s "$ROOT/tools/package-lock.json" "$ROOT/tools/node_modules/.stamp"; }

_fetch_tools() (
  cd "$ROOT/tools" && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.stamp
)

if _tools_are_stale; then
  if ! command -v npm >/dev/null; then
    echo "Please install Node 20 or later, with npm, first." >&2
    exit 1
  fi
  # Two commands started at once in a fresh clone: one fetches, the other one waits for it.
  exec 8<"$ROOT/tools/package.json"
  flock 8
  if _tools_are_stale; then with_progress "fetching Node 24 and pnpm" _fetch_tools || exit 1; fi
  exec 8<&-
fi
# Node keeps compiled code in the user's cache: the operators' command starts in half the time.
export NODE_COMPILE_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/vienuviet/node-compile-cache"
# The version of pnpm is pinned: a notice that there is a newer one tells nobody anything.
export pnpm_config_update_notifier=false
export PATH="$ROOT/tools/node_modules/.bin:$PATH" TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 CHECKPOINT_DISABLE=1
hash -r
