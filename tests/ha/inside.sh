# The first process inside the namespaces: prepares the place and runs the tests. Its /run is a file system of its own, in memory.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$1 binary=$2 logs=$3
shift 3
mount -t tmpfs -o mode=755,size=6g tmpfs /run
mkdir -p /run/netns /run/ha/venv /run/ha/bin
# PostgreSQL's user must be able to read Patroni, and the clone may be in a closed directory.
mount --bind "$venv" /run/ha/venv
touch /run/ha/bin/vestibule /run/ha/bin/old-vestibule
mount --bind "$binary" /run/ha/bin/vestibule
mount --bind "${VESTIBULE_HA_OLD_BIN:-$binary}" /run/ha/bin/old-vestibule

cd /run/ha
status=0
PYTHONDONTWRITEBYTECODE=1 /run/ha/venv/bin/python "$here/main.py" --logs "$logs" "$@" || status=$?
exit "$status"
