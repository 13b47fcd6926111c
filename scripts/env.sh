# All scripts source this file. It goes to the repository's root and finds the tools that setup installed.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -x build/tools/node/bin/node ]; then PATH="$PWD/build/tools/node/bin:$PATH"; fi

# So ccache finds object files again, whichever folder the clone is in.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1

# Prints one heading per step, so that a log shows where the time went.
step() { printf '\n== %s\n' "$*"; }
