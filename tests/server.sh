# What the tests that are not cargo's share: a Vestibule on an empty database, started and stopped. Sourced, with `here`, the
# directory of the tests, and `name`, what they are called, set.

root=$(cd "$here/../.." && pwd)

fail() {
    echo "$name: $*" >&2
    if [ -s "${log:-}" ]; then
        echo "--- the server's last words:" >&2
        tail -n 40 "$log" >&2
    fi
    exit 1
}

# The program: VESTIBULE_BIN, or target/debug/vestibule, which is built.
find_binary() {
    binary=${VESTIBULE_BIN:-}
    if [ -z "$binary" ]; then
        cargo build --manifest-path "$root/Cargo.toml" --package vestibule-cli --bin vestibule
        target=$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 |
            sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
        binary=$target/debug/vestibule
    fi
    [ -x "$binary" ] || fail "there is no program $binary."
    binary=$(realpath "$binary")
}

# Reinstalled only if the lock file is newer than the installation.
install_packages() {
    if ! [ "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ]; then
        (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund)
    fi
}

server=
# In an empty working directory, so the server's database is empty, too. Nothing of the caller's settings counts.
# Arguments are those of `serve`. `listen` is its address, if it must be known before.
start_server() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/vestibule-$name.XXXXXX")
    log=$work/server.log
    cd "$work"
    for variable in $(compgen -e | grep '^VESTIBULE_' || true); do unset "$variable"; done
    # A database that is named needs a secret that is named; one in the working directory would keep its own.
    export JWT_SECRET=${JWT_SECRET:-$(head -c 48 /dev/urandom | base64 | tr -d '\n')}
    "$binary" serve --listen "${listen:-127.0.0.1:0}" "$@" >"$log" 2>&1 </dev/null &
    server=$!
    url=
    for _ in $(seq 300); do
        url=$(sed -n 's|.*listening on \(http://127\.0\.0\.1:[0-9][0-9]*\).*|\1|p' "$log" | head -n 1)
        [ -z "$url" ] || return 0
        kill -0 "$server" 2>/dev/null || fail "the server ended before it listened."
        sleep 0.1
    done
    fail "the server did not say \"listening on http://127.0.0.1:PORT\" within 30 seconds."
}

stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    for _ in $(seq 100); do
        if ! kill -0 "$server" 2>/dev/null; then
            wait "$server" 2>/dev/null || true
            server=
            cd / && rm -rf "$work"
            return 0
        fi
        sleep 0.1
    done
    kill -KILL "$server" 2>/dev/null || true
    server=
    cd / && rm -rf "$work"
    return 1
}
trap 'stop_server || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
