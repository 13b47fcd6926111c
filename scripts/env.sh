# Sourced by the scripts: goes to the repository's root and finds the tools that setup put there.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -x build/tools/node/bin/node ]; then PATH="$PWD/build/tools/node/bin:$PATH"; fi

# Object files are found again whichever folder the clone is in.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

# One heading per step, so that a log shows where the time went.
step() { printf '\n== %s\n' "$*"; }
