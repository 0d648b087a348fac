#!/usr/bin/env bash
# Runs the pipeline: ./build.sh [--packages=published|bundled] [options of the pipeline; --help lists them]
# Finds or installs what it needs into .tools, builds into .build when a source is newer, then becomes the host.
set -euo pipefail

export PIPELINE_SCRIPT="$0" # for the commands that the pipeline suggests
case ${BASH_SOURCE[0]} in */*) cd "${BASH_SOURCE[0]%/*}/" ;; esac
root=$PWD

stamp=.build/build.stamp
source_file=.build/package-source
lock_wait=900                             # seconds; a first build with all its downloads takes a fraction
feed_limit=${PACKAGE_FEED_TIMEOUT:-180}   # seconds for the package feed to answer
restore_limit=600                         # seconds for the downloads from a feed that answers

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 CHECKPOINT_DISABLE=1
export DOTNET_TieredPGO=0 # the compiler ends before it has won back what measuring itself costs: half of a first build

say() { printf '%s\n' "$*" >&2; }

stop() { # EXIT-CODE ERROR-ID SENTENCE
  say "build.sh: $2 $3"
  exit "$1"
}

pinned() { sed -n "s/^$1=//p" build/tools.properties; } # NAME

# --- where it runs -----------------------------------------------------------------------------------------------------

# MSBuild reads these characters in a path as its own syntax, and ':' separates the folders of PATH.
check_path() {
  local found=
  case $root in
    *';'*) found=';' ;;
    *':'*) found=':' ;;
    *'*'*) found='*' ;;
    *'?'*) found='?' ;;
    *'"'*) found='"' ;;
    *\\*) found='\' ;;
    *'$('*) found='$(' ;;
    *'@('*) found='@(' ;;
    *'%('*) found='%(' ;;
    *%[0-9A-Fa-f][0-9A-Fa-f]*) found='%' ;;
    *$'\n'* | *$'\t'*) found='a line break or tab' ;;
  esac
  [ -z "$found" ] || stop 2 BP9001 "the path of this checkout ($root) contains $found, which MSBuild or PATH would read as syntax; move the checkout to a path without it."
}

# dotnet, NuGet, MSBuild and terraform keep files in these folders.
check_folders() {
  local name=HOME
  if [ -z "${HOME:-}" ]; then
    unset HOME # an empty HOME makes ~ empty; without one it is the user's home
    HOME=~
  fi
  export HOME
  [ -z "${DOTNET_CLI_HOME:-}" ] || name=DOTNET_CLI_HOME
  check_folder "$name" "${!name}"
  check_folder TMPDIR "${TMPDIR:-/tmp}"
}

check_folder() { # VARIABLE FOLDER
  if [ -z "$2" ] || { [ ! -d "$2" ] && ! mkdir -p "$2" 2>/dev/null; } || [ ! -w "$2" ]; then
    stop 2 BP9002 "the folder '$2' cannot be written; set $1 to a folder that can be written (dotnet, NuGet and terraform keep files there)."
  fi
}

is_writable() { [ -w . ] && { [ ! -d .build ] || [ -w .build ]; }; }

download() { # URL FILE
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --retry 2 --connect-timeout 15 --output "$2" "$1"
  elif command -v wget >/dev/null; then
    wget --quiet --tries=3 --connect-timeout=15 --output-document="$2" "$1"
  else
    say "build.sh: neither curl nor wget is installed."
    return 1
  fi
}

# --- .NET SDK --------------------------------------------------------------------------------------------------------

use_own_sdk() {
  export DOTNET_ROOT="$root/.tools/dotnet" PATH="$root/.tools/dotnet:$PATH"
  # A machine without an SDK often lacks the ICU library too; nothing here is localized.
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}"
}

# global.json decides, through dotnet's own reading of it.
sdk_satisfies() { command -v dotnet >/dev/null && dotnet --version >/dev/null 2>&1; }

install_sdk() {
  local wanted installer=.tools/dotnet-install.sh
  wanted=$(sed -n 's/.*"version" *: *"\([0-9.]*\)".*/\1/p' global.json)
  say "Installing .NET SDK ${wanted%.*} into .tools/dotnet…"
  mkdir -p .tools
  if ! download https://dot.net/v1/dotnet-install.sh "$installer" ||
    ! bash "$installer" --channel "${wanted%.*}" --install-dir .tools/dotnet --no-path >.tools/dotnet-install.log 2>&1; then
    [ ! -f .tools/dotnet-install.log ] || tail -n 20 .tools/dotnet-install.log >&2
    stop 2 BP9003 "no .NET SDK on PATH satisfies global.json ($wanted or a later feature band) and none could be downloaded; check the network, or install one from https://dotnet.microsoft.com/download."
  fi
  use_own_sdk
  sdk_satisfies || stop 2 BP9004 "the .NET SDK in .tools/dotnet does not run here: $(dotnet --version 2>&1 | head -n 1)"
}

# --- terraform -------------------------------------------------------------------------------------------------------

terraform_satisfies() { # FILE; what passed once is not asked again while it stays the same file
  local checked=.build/terraform.checked minimum major minor
  [ -x "$1" ] || return 1
  if [ -f "$checked" ] && [ "$(<"$checked")" = "$1" ] && [ ! "$1" -nt "$checked" ] && [ ! build/tools.properties -nt "$checked" ]; then
    return 0
  fi
  # A warning can come before the version.
  [[ "$("$1" version 2>/dev/null)" =~ (^|$'\n')[A-Za-z]+\ v([0-9]+)\.([0-9]+) ]] || return 1
  major=${BASH_REMATCH[2]} minor=${BASH_REMATCH[3]} minimum=$(pinned terraform_minimum)
  [ "$major" -gt "${minimum%.*}" ] || { [ "$major" -eq "${minimum%.*}" ] && [ "$minor" -ge "${minimum#*.}" ]; } || return 1
  if is_writable; then
    mkdir -p .build
    printf '%s\n' "$1" >"$checked"
  fi
}

unpack() { # ZIP FOLDER
  if command -v unzip >/dev/null; then
    unzip -qo "$1" terraform -d "$2"
  elif command -v python3 >/dev/null; then
    python3 -m zipfile -e "$1" "$2"
  else
    tar -xf "$1" -C "$2" terraform # where tar is bsdtar
  fi
}

install_terraform() {
  local os arch platform version expected archive
  os=$(uname -s | tr '[:upper:]' '[:lower:]')
  arch=$(uname -m)
  case $arch in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; esac
  platform=${os}_$arch
  version=$(pinned terraform_version)
  expected=$(pinned "terraform_sha256_$platform")
  if [ -z "$expected" ]; then
    say "build.sh: terraform $version has no archive for $platform in build/tools.properties."
    return 1
  fi
  say "Downloading terraform $version into .tools/terraform…"
  mkdir -p .tools/terraform
  archive=$(mktemp "$root/.tools/terraform/download.XXXXXX")
  if ! download "https://releases.hashicorp.com/terraform/$version/terraform_${version}_$platform.zip" "$archive"; then
    rm -f "$archive"
    return 1
  fi
  if [ "$(sha256 "$archive")" != "$expected" ]; then
    rm -f "$archive"
    stop 2 BP9005 "the downloaded terraform $version for $platform does not have its published SHA-256; it was deleted."
  fi
  unpack "$archive" .tools/terraform && chmod +x .tools/terraform/terraform
  rm -f "$archive"
  terraform_satisfies "$root/.tools/terraform/terraform"
}

find_terraform() {
  local found
  found=$(command -v terraform || true)
  if [ -n "$found" ] && terraform_satisfies "$found"; then
    return
  fi
  if ! terraform_satisfies "$root/.tools/terraform/terraform" && ! install_terraform; then
    say "build.sh: warning: terraform $(pinned terraform_minimum) or later is not on PATH and could not be installed; targets that need it will fail."
    return
  fi
  export PATH="$root/.tools/terraform:$PATH"
}

# --- package source --------------------------------------------------------------------------------------------------

# Runs a command with its output in a file; 124 where it was ended after the limit. Says every 15 seconds that it still runs.
limited() { # SECONDS WHAT LOG COMMAND...
  local seconds=$1 what=$2 log=$3 pid waited=0
  shift 3
  "$@" </dev/null >"$log" 2>&1 9>&- &
  pid=$!
  trap 'kill -9 "$pid" 2>/dev/null; exit 130' INT TERM HUP # a background process ignores Ctrl-C
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$waited" -ge "$((seconds * 5))" ]; then
      kill -9 "$pid" 2>/dev/null || true
      wait "$pid" 2>/dev/null || true
      trap - INT TERM HUP
      return 124
    fi
    sleep 0.2
    waited=$((waited + 1))
    [ "$((waited % 75))" -ne 0 ] || say "$what ($((waited / 5)) s of at most $seconds s)…"
  done
  trap - INT TERM HUP
  wait "$pid"
}

restore() { # SOURCE SECONDS LOG SOLUTION; in one process, so ending it ends all of it
  PackageSource=$1 limited "$2" "Waiting for the package feed" "$3" \
    dotnet restore "$4" -maxcpucount:1 -nodeReuse:false
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi | cut -d ' ' -f 1
}

# What the answer of the feed depends on: the versions, and where NuGet looks for them.
feed_key() {
  local folder=$root files=(Directory.Packages.props) file
  while :; do
    files+=("$folder"/[Nn]u[Gg]et.[Cc]onfig)
    [ -n "$folder" ] || break
    folder=${folder%/*}
  done
  files+=("${DOTNET_CLI_HOME:-${HOME:-}}"/.nuget/NuGet/NuGet.Config "${DOTNET_CLI_HOME:-${HOME:-}}"/.nuget/config/*.[Cc]onfig)
  files+=(/etc/opt/NuGet/Config/*.[Cc]onfig "/Library/Application Support/NuGet/Config"/*.[Cc]onfig)
  {
    printf '%s\n' "${RestoreSources:-}" "${RestoreAdditionalProjectSources:-}"
    for file in "${files[@]}"; do
      [ ! -r "$file" ] || cat "$file"
    done
  } | sha256
}

saved_source() { # the answer to the same question, if there is one: published, bundled or unanswered
  local key source
  if [ -f "$source_file" ] && read -r key source <"$source_file" && [ "$key" = "$(feed_key)" ]; then
    printf '%s\n' "$source"
  fi
}

save_source() { # written whole, so a reader never sees half of it
  printf '%s %s\n' "$(feed_key)" "$1" >"$source_file.$$"
  mv "$source_file.$$" "$source_file"
}

# Sets $packages. The probe restores the solution itself; a feed that is out of reach is asked again at the next build.
choose_source() {
  local log=.build/probe.log status=0 lacking
  packages=$(saved_source)
  case $packages in published | bundled) return ;; esac
  say "Checking whether the package feed has every published package…"
  restore published "$feed_limit" "$log" BuildPipeline.sln || status=$?
  lacking=$(grep -E 'NU(110[1239]|1603|1605|1608):' "$log" | grep -oE '(find (a stable )?package|downgrade:|depends on) [A-Za-z0-9.]+' |
    sed 's/.* //; s/[.]$//' | sort -u | tr '\n' ' ' || true)
  if [ "$status" -eq 0 ]; then
    packages=published
    save_source published
    say "Packages: published. The feed has all of them."
  elif [ -n "$lacking" ]; then
    packages=bundled
    save_source bundled
    say "Packages: bundled stand-ins. The feed lacks the right version of: ${lacking% }."
  else
    packages=bundled
    save_source unanswered
    if [ "$status" -eq 124 ]; then
      restore_limit=$feed_limit
      say "Packages: bundled stand-ins for this build. The feed did not answer within $feed_limit s; .build/probe.log has the details."
    else
      say "Packages: bundled stand-ins for this build. The feed could not be asked (exit code $status); .build/probe.log has the details."
    fi
  fi
}

# --- build -----------------------------------------------------------------------------------------------------------

# Sets $built, the package source of the newest build, and $host. Each build has its own folder, because a host that still runs
# opens more of its files later.
read_stamp() {
  local folder=
  built=
  [ ! -f "$stamp" ] || read -r built folder <"$stamp" || true
  host=.build/host/$folder/Pipeline/release/Pipeline.dll
}

is_current() { # SOURCE
  read_stamp
  [ "$built" = "$1" ] && [ -f "$host" ] &&
    [ -z "$(find build Directory.*.props Directory.*.targets global.json BannedSymbols.txt .editorconfig -newer "$stamp")" ]
}

compile() { # SOURCE; the stamp carries the time of the start, so what changes meanwhile is built next time
  local folder
  folder=$(date +%Y%m%d-%H%M%S)-$$
  mkdir -p .build
  rm -f "$stamp"
  printf '%s %s\n' "$1" "$folder" >"$stamp.new"
  restore "$1" "$restore_limit" .build/build.log build/Build.slnf || {
    [ $? -ne 124 ] || stop 1 BP9006 "the package feed did not answer within $restore_limit s, and not every package is in the local cache; check the network and 'dotnet nuget list source', then run it again."
    return 1
  }
  PackageSource=$1 dotnet build build/Build.slnf --no-restore --configuration Release "-property:ArtifactsBinOutputName=host/$folder" </dev/null >.build/build.log 2>&1 9>&- &&
    mv "$stamp.new" "$stamp" && remove_unused_hosts "$folder"
}

remove_unused_hosts() { # FOLDER, which stays, as do those that a process runs from
  local folder running
  running=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' || ps -A -o args= || true)
  for folder in .build/host/*; do
    case $running in *"host/${folder##*/}/"*) continue ;; esac
    [ "${folder##*/}" = "$1" ] || rm -rf "$folder" || true
  done
}

show_log_and_stop() { # SENTENCE
  cat .build/build.log >&2
  stop 1 BP9007 "$1"
}

build() {
  local packages=${forced:-}
  [ -n "$packages" ] || choose_source
  if is_current "$packages"; then
    return
  fi
  say "Building…"
  if compile "$packages"; then
    return
  fi
  if [ "$packages" = bundled ]; then
    show_log_and_stop "the build failed; see the errors above and in .build/build.log."
  fi
  if [ -n "${forced:-}" ]; then
    show_log_and_stop "the build against the published packages failed; see the errors above. --packages=bundled builds without them."
  fi
  say "build.sh: warning: the build against the published packages failed; building with the bundled ones."
  cp .build/build.log .build/build-published.log
  compile bundled || show_log_and_stop "the build failed with the bundled packages too; see the errors above. Those with the published ones are in .build/build-published.log."
  save_source bundled
}

# One build at a time; the lock is not passed on to what the build starts.
build_locked() {
  if command -v flock >/dev/null; then
    (
      flock -w "$lock_wait" 9 || stop 1 BP9008 "another build in this folder did not end within $lock_wait seconds."
      build
    ) 9>.build/lock
    return
  fi
  local waited=0 owner
  until mkdir .build/lock.d 2>/dev/null; do
    owner=$(cat .build/lock.d/pid 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf .build/lock.d
      continue
    fi
    [ "$waited" -lt "$lock_wait" ] || stop 1 BP9008 "another build in this folder did not end within $lock_wait seconds; where there is none, delete .build/lock.d."
    sleep 1
    waited=$((waited + 1))
  done
  trap 'rm -rf .build/lock.d' EXIT
  echo $$ >.build/lock.d/pid
  build
  trap - EXIT
  rm -rf .build/lock.d
}

# --- from the command line to the host -------------------------------------------------------------------------------

force_source() {
  case $1 in
    published | bundled) forced=$1 ;;
    *) stop 2 BP9009 "--packages=$1 is not a valid package source; use published or bundled." ;;
  esac
}

forced=
[ -z "${PackageSource:-}" ] || force_source "$PackageSource" # as MSBuild would read it
needs_terraform=
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --packages=*) force_source "${1#*=}" ;;
    --packages)
      force_source "${2:-}"
      shift
      ;;
    *) arguments+=("$1") ;;
  esac
  case $1 in
    --target* | -t*) needs_terraform=${needs_terraform:-yes} ;;
    --help | -h | --tree | --description | --version | --info | --dryrun) needs_terraform=no ;;
  esac
  shift
done

check_path
check_folders
if [ -x .tools/dotnet/dotnet ]; then
  use_own_sdk
fi
wanted=$forced
if is_writable; then
  [ -n "$wanted" ] || wanted=$(saved_source)
elif read_stamp && [ -n "$built" ]; then
  wanted=${wanted:-$built}
  is_current "$wanted" || stop 2 BP9010 "this checkout cannot be written and its build is older than its sources; run ./build.sh --help as a user who can write it, or use a copy."
else
  stop 2 BP9010 "this checkout cannot be written and is not built; run ./build.sh --help as a user who can write it, or use a copy."
fi
if ! command -v dotnet >/dev/null || ! is_current "${wanted/unanswered/bundled}"; then
  sdk_satisfies || install_sdk
  mkdir -p .build
  build_locked
fi
if [ "$needs_terraform" = yes ]; then
  find_terraform
fi
read_stamp
export PackageSource="$built" # for what the host builds, the tests
exec dotnet "$host" ${arguments[@]+"${arguments[@]}"}
