#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Tests of the launcher: launcher-test.sh [path of inlay]
#
# A copy of the launcher runs in a scratch project whose JDK, Maven and apt-get are scripts that note how they were
# called. PATH holds those and the few tools the launcher may use, so nothing of this machine is found by chance.

set -uo pipefail

launcher=${1:-$(CDPATH='' cd -P -- "${BASH_SOURCE[0]%/*}/../../../.." && pwd -P)/inlay}
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap 'rm -rf -- "$scratch"' EXIT

project="$scratch/a project (copy)"
tools=$scratch/tools
failed=0 held=0 setting=() as=() inlay=
exec 7</dev/null
input=7

# ---- the scratch project -------------------------------------------------------------------------------------------

script() {
    mkdir -p "${1%/*}"
    {
        printf '#!%s\n' "$BASH"
        cat
    } >"$1"
    chmod 755 "$1"
}

# fake_jdk FOLDER VERSION: a JDK whose java notes its arguments and surroundings.
fake_jdk() {
    script "$1/bin/java" <<'FAKE'
for argument; do
    case $argument in
        -XX:AOTCacheOutput=*) echo cache >"${argument#*=}"; exit 0 ;;
        -Djava.io.tmpdir=*) folder=${argument#*=} ;;
    esac
done
echo $$ >"$NOTES/pid"
printf '%s\n' "$@" >"$NOTES/arguments"
env >"$NOTES/environment"
printf '%s\n' "$folder" >"$NOTES/folder"
stat -c %a "$folder" >"$NOTES/mode"
if [[ -d ${OCL_ICD_VENDORS:-} ]]; then head -n 9 "$OCL_ICD_VENDORS"/* </dev/null >"$NOTES/vendors"; fi
case " $* " in
    *' fail-with-3 '*) exit 3 ;;
    *' wait '*) exec sleep 20 ;;
    *' print '*) echo '{}' ;;
esac
FAKE
    cp "$1/bin/java" "$1/bin/javac"
    printf 'IMPLEMENTOR="Nobody"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
}

fresh_project() {
    rm -rf -- "$project" "${scratch:?}"/{notes,run,system,jdks,bin}
    mkdir -p "$project/host/tools/target/lib" "$project/host/tools/src/main" "$project/target/launch" \
        "$scratch/notes" "$scratch/run" "$scratch/jdks" "$scratch/bin" "$scratch/system/etc/OpenCL/vendors" \
        "$scratch/system/usr/lib/oclgrind" "$scratch/system/usr/bin" "$scratch/system/var/lib/apt/lists" \
        "$scratch/system/usr/share/datasets/fashion-mnist"
    chmod 777 "$scratch/notes" "$scratch/run"
    cp "$launcher" "$project/inlay"
    : >"$project/pom.xml"
    : >"$project/host/tools/target/inlay-tools-1.jar"
    : >"$project/host/tools/target/lib/other.jar"
    fake_jdk "$scratch/jdks/twenty-five" 25.0.3
    echo 12.0 >"$scratch/system/etc/debian_version"
    echo libpocl.so.2 >"$scratch/system/etc/OpenCL/vendors/pocl.icd"
    echo libRusticlOpenCL.so.1 >"$scratch/system/etc/OpenCL/vendors/rusticl.icd"
    echo libMesaOpenCL.so.1 >"$scratch/system/etc/OpenCL/vendors/mesa.icd"
    mkdir -p "$scratch/system/usr/lib/machine"
    : >"$scratch/system/usr/lib/libOpenCL.so.1"
    : >"$scratch/system/usr/lib/machine/libpocl.so.2"
    : >"$scratch/system/usr/lib/machine/libRusticlOpenCL.so.1"
    : >"$scratch/system/usr/lib/oclgrind/liboclgrind-rt-icd.so"
    : >"$scratch/system/usr/bin/oclgrind"
    : >"$scratch/system/usr/bin/clang-15"
    : >"$scratch/system/usr/bin/chromium"
    : >"$scratch/system/var/lib/apt/lists/main_Packages"
    : >"$scratch/system/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
    script "$scratch/bin/apt-get" <<'FAKE'
echo "$*" >>"$NOTES/apt-get"
exit "${APT_CODE:-0}"
FAKE
    script "$scratch/bin/apt-cache" </dev/null
    script "$scratch/bin/mvn" <<'FAKE'
echo "$*" >>"$NOTES/mvn"
echo "MAVEN_OPTS=$MAVEN_OPTS JAVA_HOME=$JAVA_HOME" >>"$NOTES/mvn"
folder=$PWD
for argument; do [[ $argument != */pom.xml ]] || folder=${argument%/pom.xml}; done
mkdir -p "$folder/host/tools/target/lib"
echo '[INFO] Building Inlay runtime tests 0.1.0-SNAPSHOT                         [8/8]'
echo "[INFO] Tests run: ${TESTS:-4}, Failures: 0, Errors: 0, Skipped: 1 -- in dev.inlay.SomeTest"
echo "[WARNING] Tests run: ${TESTS:-4}, Failures: 0, Errors: 0, Skipped: 1"
[[ -z ${MVN_WAITS:-} ]] || { echo $$ >"$NOTES/mvn-pid"; exec sleep 20; }
exit "${MVN_CODE:-0}"
FAKE
    # The fake build is newer than its sources, with whole seconds between them whatever the file system keeps.
    find "$project" -exec touch -d '1 hour ago' {} +
    : >"$project/target/launch/built"
}

mkdir -p "$tools"
for tool in awk bash cat env find flock head mkdir mktemp mv readlink rm sed sleep stat tail timeout; do
    ln -s "$(command -v "$tool")" "$tools/$tool"
done

# start ARGUMENT…: starts the scratch launcher, whose process id is $started.
start() {
    env -i HOME="$scratch" NOTES="$scratch/notes" PATH="$scratch/bin:$tools" XDG_RUNTIME_DIR="$scratch/run" \
        INLAY_SYSTEM_ROOT="$scratch/system" INLAY_JDK_FOLDERS="$scratch/jdks" ${setting[@]+"${setting[@]}"} \
        ${as[@]+"${as[@]}"} "${inlay:-$project/inlay}" "$@" >"$scratch/out" 2>"$scratch/err" <&"$input" &
    started=$!
}

# finish: waits for its end; afterwards $code, $out and $err hold what came of it.
finish() {
    code=0
    wait "$started" 2>/dev/null || code=$?
    out=$(<"$scratch/out") err=$(<"$scratch/err")
}

launch() {
    start "$@"
    finish
}

note() { cat "$scratch/notes/$1" 2>/dev/null; }

# ---- checks --------------------------------------------------------------------------------------------------------

check() {
    if [[ $2 == "$3" ]]; then
        held=$((held + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s: got «%s», expected «%s»\n' "$1" "$2" "$3"
        printf '  out: %s\n  err: %s\n' "${out:-}" "${err:-}"
    fi
}

check_has() {
    if [[ $2 == *"$3"* ]]; then check "$1" yes yes; else check "$1" "$2" "… $3 …"; fi
}

check_not() {
    if [[ $2 != *"$3"* ]]; then check "$1" yes yes; else check "$1" "$2" "no $3"; fi
}

# Waits up to 2 s for the private folders to go: their watcher ends just after the Java process.
check_folder_gone() {
    local tries=0
    while ((tries++ < 40)) && [[ -n $(find "$scratch/run" -mindepth 1 -print -quit) ]]; do sleep 0.05; done
    check "$1" "$(find "$scratch/run" -mindepth 1 -maxdepth 1)" ''
}

# Waits up to 2 s for a note of a fake.
await() {
    local tries=0
    while ((tries++ < 40)) && [[ ! -s $scratch/notes/$1 ]]; do sleep 0.05; done
}

# ---- the JDK -------------------------------------------------------------------------------------------------------

fresh_project
launch print
check 'a JDK in a usual folder: code' "$code" 0
check 'standard output is the verb'\''s alone' "$out" '{}'
check 'nothing to say when all is there' "$err" ''
check_folder_gone 'the private folder goes'

rm -rf "$scratch/jdks"/*
launch devices
check 'no JDK: code' "$code" 2
check_has 'no JDK: what is expected' "$err" 'no JDK of version 25 or newer found; install one'
check 'no JDK: one line' "$(wc -l <"$scratch/err")" 1

fake_jdk "$scratch/jdks/seventeen" 17.0.2
fake_jdk "$scratch/jdks/eight" 1.8.0_402
launch devices
check_has 'old JDKs: what was found' "$err" "Java 8 in $scratch/jdks/eight, Java 17 in $scratch/jdks/seventeen"

fake_jdk "$scratch/jdks/jre" 26.0.1
rm "$scratch/jdks/jre/bin/javac"
launch devices
check_has 'a runtime without compiler is no JDK' "$err" "Java 26 in $scratch/jdks/jre without javac"

fake_jdk "$scratch/jdks/new" 25
fake_jdk "$scratch/jdks/newer" 26-ea
setting=(JAVA_HOME="$scratch/jdks/seventeen")
launch devices
check 'an old JAVA_HOME is passed over: code' "$code" 0
check_has 'the newest of a folder is taken' "$(<"$project/target/launch/inlay.aot.for")" "$scratch/jdks/newer "

setting=(INLAY_JAVA_HOME="$scratch/jdks/seventeen")
launch devices
check 'an old INLAY_JAVA_HOME: code' "$code" 2
check_has 'an old INLAY_JAVA_HOME: got and expected' "$err" "INLAY_JAVA_HOME is Java 17 in $scratch/jdks/seventeen; expected a JDK of version 25"

fresh_project
mv "$scratch/jdks/twenty-five" "$scratch/elsewhere"
ln -s "$scratch/elsewhere/bin/java" "$scratch/bin/java"
setting=()
launch devices
check 'a JDK found through PATH' "$code" 0
rm -rf "$scratch/elsewhere"

# ---- arguments, exit codes, surroundings ---------------------------------------------------------------------------

fresh_project
mkdir -p "$scratch/else where"
ln -sfn "$project/inlay" "$scratch/else where/first"
ln -sfn first "$scratch/else where/second"
inlay="./second"
cd "$scratch/else where" || exit
launch run --no-install 'a b' '' '*' --debug -- --no-install
cd "$scratch" || exit
inlay=
check 'through two symlinks: code' "$code" 0
check 'arguments arrive as they were given' "$(note arguments | tail -n 7 | tr '\n' '|')" 'run|a b||*|--debug|--|--no-install|'
check_has 'the class path has the jars, wherever called from' "$(note arguments)" "$project/host/tools/target/inlay-tools-1.jar:$project/host/tools/target/lib/other.jar"
check_has 'native access' "$(note arguments)" --enable-native-access=ALL-UNNAMED
check_has 'the cache made for a fast start is used' "$(note arguments)" "-XX:AOTCache=$project/target/launch/inlay.aot"
check 'the private folder is private' "$(note mode)" 700
check_has 'the private folder is where it should be' "$(note folder)" "$scratch/run/inlay."
check_has 'PoCL leaves SIGFPE to Java' "$(note environment)" POCL_SIGFPE_HANDLER=0
check_has 'both PoCL devices' "$(note environment)" 'POCL_DEVICES=pthread basic'
check_has 'names outside ASCII can be opened' "$(note environment)" LC_CTYPE=C.UTF-8
check_has 'drivers: PoCL' "$(note vendors)" libpocl.so.2
check_has 'drivers: rusticl' "$(note vendors)" libRusticlOpenCL.so.1
check_has 'drivers: Oclgrind' "$(note vendors)" "$scratch/system/usr/lib/oclgrind/liboclgrind-rt-icd.so"
check_not 'drivers: no Clover' "$(note vendors)" libMesaOpenCL

setting=(OCL_ICD_VENDORS=/mine POCL_DEVICES=basic INLAY_JAVA_OPTIONS='-Xmx1g -ea')
launch fail-with-3
check 'the exit code is passed on' "$code" 3
check_has 'drivers the user chose' "$(note environment)" OCL_ICD_VENDORS=/mine
check_has 'PoCL devices the user chose' "$(note environment)" POCL_DEVICES=basic
check_has 'further Java options' "$(note arguments | tr '\n' ' ')" '-Xmx1g -ea dev.inlay.tools.Main fail-with-3'
setting=()

for signal in TERM:143 KILL:137; do
    rm -f "$scratch/notes/pid"
    start wait
    await pid
    check 'Java runs as the launcher'\''s own process' "$(note pid)" "$started"
    kill "-${signal%:*}" "$started"
    finish
    check "the exit code after SIG${signal%:*}" "$code" "${signal#*:}"
    check_folder_gone "the private folder goes after SIG${signal%:*}"
done

# ---- packages ------------------------------------------------------------------------------------------------------

fresh_project
rm "$scratch/system/etc/OpenCL/vendors/pocl.icd" "$scratch/system/usr/bin/oclgrind"
launch --no-install devices
check '--no-install: goes on' "$code" 0
check '--no-install: apt-get is not called' "$(note apt-get)" ''
check_has '--no-install: says what to type' "$err" 'apt-get install --no-install-recommends pocl-opencl-icd'
check_not 'an ordinary verb asks for no test tools' "$err" oclgrind


fresh_project
rm "$scratch/system/usr/lib/machine/libpocl.so.2"
launch --no-install devices
check_has 'a registered driver without its library is missing' "$err" 'not installed: pocl-opencl-icd;'
mkdir "$scratch/system/elsewhere"
: >"$scratch/system/elsewhere/libpocl.so"
echo /elsewhere/libpocl.so >"$scratch/system/etc/OpenCL/vendors/pocl-of-mine.icd"
launch --no-install devices
check 'a driver registered by its path is there' "$err" ''

fresh_project
rm "$scratch/system/etc/OpenCL/vendors/pocl.icd" "$scratch/system/usr/bin/oclgrind"
if ((EUID == 0)); then
    if command -v setpriv >/dev/null; then
        as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
        ln -sf "$(command -v setpriv)" "$tools/setpriv"
        launch devices
        as=()
        check 'not root: goes on' "$code" 0
        check 'not root: apt-get is not called' "$(note apt-get)" ''
        check_has 'not root: says what to type' "$err" 'to install them type: sudo apt-get install --no-install-recommends pocl-opencl-icd'
    fi
    launch devices
    check_has 'root: installs' "$(note apt-get)" 'install -y --no-install-recommends pocl-opencl-icd'
    check_has 'root: prints the command first' "$err" 'env DEBIAN_FRONTEND=noninteractive apt-get '
    setting=(APT_CODE=100)
    launch devices
    check 'root: goes on when apt-get fails' "$code" 0
    check_has 'root: says that apt-get failed' "$err" 'could not install pocl-opencl-icd; going on without'
    rm -f "$scratch/notes/apt-get"
    launch devices
    check 'root: does not try again at once' "$(note apt-get)" ''
    setting=()
else
    launch devices
    check 'not root: goes on' "$code" 0
    check 'not root: apt-get is not called' "$(note apt-get)" ''
    check_has 'not root: says what to type' "$err" 'to install them type: sudo apt-get install --no-install-recommends pocl-opencl-icd'
fi
rm "$scratch/system/etc/debian_version"
rm -f "$scratch/notes/apt-get"
launch devices
check 'another system: apt-get is not called' "$(note apt-get)" ''
check_has 'another system: says what is missing' "$err" 'not installed: pocl-opencl-icd'

# ---- the build -----------------------------------------------------------------------------------------------------

fresh_project
launch devices
check 'a fresh build is not built again' "$(note mvn)" ''
touch -d '1 hour' "$project/host/tools/src/main/Some.java"
setting=(MVN_CODE=1)
launch devices
check 'a failing build: code' "$code" 2
check_has 'a failing build: the whole log' "$err" '[INFO] Building Inlay runtime tests'
check_has 'a failing build: where the log lies' "$err" "$project/target/build.log"
setting=()
touch "$project/host/tools/src/main/Some.java"
launch print
check 'newer sources are built: code' "$code" 0
check_has 'newer sources are built' "$(note mvn)" 'package -Dmaven.test.skip=true'
check_has 'the build uses the JDK found' "$(note mvn)" "JAVA_HOME=$scratch/jdks/twenty-five"
check 'a build is quiet without a terminal' "$err" ''
check 'a build leaves standard output to the verb' "$out" '{}'
rm "$scratch/notes/mvn"
launch devices
check 'what is built stays built' "$(note mvn)" ''

touch -d '1 hour' "$project/pom.xml"
setting=(MVN_WAITS=yes)
start devices
await mvn-pid
kill -TERM "$started"
finish
check 'a signal during the build: code' "$code" 143
check 'a signal during the build ends Maven' "$(kill -0 "$(note mvn-pid)" 2>/dev/null && echo alive)" ''
check_folder_gone 'the private folder goes after a signal during the build'
setting=()

fresh_project
rm "$scratch/bin/mvn" "$project/target/launch/built"
launch --no-install devices
check 'no Maven: code' "$code" 2
check_has 'no Maven: what is expected' "$err" 'expected mvn (3.8 or newer) in PATH'
rm "$scratch/system/usr/lib/machine/libpocl.so.2"
launch --no-install devices
check_has 'all that is missing is asked for at once' "$err" 'apt-get install --no-install-recommends pocl-opencl-icd maven'

# ---- inlay test ----------------------------------------------------------------------------------------------------

fresh_project
launch test
check 'test: code' "$code" 0
check 'test: closing lines' "$out" $'Inlay runtime tests: Tests run: 4, Failures: 0, Errors: 0, Skipped: 1\ninlay test: 4 run, 0 failed, 1 skipped'
check_has 'test: everything is verified' "$(note mvn)" ' verify'
check_has 'test: in the private folder' "$(note mvn)" "-Djava.io.tmpdir=$scratch/run/inlay."
check_folder_gone 'test: the private folder goes'
setting=(MVN_CODE=1)
launch test --debug
check 'test: a failure is code 1' "$code" 1
check_has 'test: a failure shows the log' "$err" '-- in dev.inlay.SomeTest'
check_has 'test: --debug' "$(note mvn)" ' -e '
setting=(TESTS=0)
launch test
check 'test: no test at all is a failure' "$code" 1
setting=(CI=true)
input=-
launch test
check 'test: with standard input closed' "$code ${out##*$'\n'}" '0 inlay test: 4 run, 0 failed, 1 skipped'
input=7
setting=()
rm "$scratch/system/usr/bin/chromium"
launch --no-install test
check_has 'test: asks for the browser that opens pages' "$err" 'apt-get install --no-install-recommends chromium'
launch test --fast
check 'test: an unknown flag: code' "$code" 2
check_has 'test: an unknown flag: got and expected' "$err" "got '--fast'; expected --no-install, --debug or --help"

printf '%d held, %d failed\n' "$held" "$failed"
((failed == 0))
