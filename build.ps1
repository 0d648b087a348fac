# Runs the pipeline: ./build.ps1 [--packages=published|bundled] [options of the pipeline; --help lists them]
# Finds or installs what it needs into .tools, builds into .build when a source is newer, then runs the host.
# For Windows PowerShell 5.1 and PowerShell 7; build.sh does the same elsewhere.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # the progress bar slows downloads down in 5.1

$root = $PSScriptRoot
$terraformVersion = '1.11.4'
$terraformMinimum = [version]'1.10'
$buildFolder = Join-Path $root '.build'
$toolsFolder = Join-Path $root '.tools'
$stamp = Join-Path $buildFolder 'build.stamp'
$hostFile = Join-Path $buildFolder 'bin/Pipeline/release/Pipeline.dll'
$sourceFile = Join-Path $buildFolder 'package-source'
$buildLog = Join-Path $buildFolder 'build.log'
$lockWaitSeconds = 900 # a first build with all its downloads takes a fraction
$feedLimit = if ($env:PACKAGE_FEED_TIMEOUT) { [int]$env:PACKAGE_FEED_TIMEOUT } else { 180 } # seconds for the package feed to answer
$restoreLimit = 600 # seconds for the downloads from a feed that answers

$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:CHECKPOINT_DISABLE = '1'
$env:PIPELINE_SCRIPT = './build.ps1' # for the commands that the pipeline suggests
$env:PIPELINE_SHELL = 'powershell'

function Write-Note([string] $Text) { [Console]::Error.WriteLine($Text) }

function Stop-Build([int] $Code, [string] $Sentence) {
    Write-Note "build.ps1: $Sentence"
    exit $Code
}

# MSBuild reads these characters in a path as its own syntax, and PowerShell reads brackets as a pattern.
function Assert-CheckoutPath {
    if ($root -match '[;*?"\[\]]|\$\(|@\(|%\(|%[0-9A-Fa-f]{2}') {
        Stop-Build 2 "the path of this checkout ($root) contains $($Matches[0]), which MSBuild or PowerShell would read as syntax; move the checkout to a path without it."
    }
}

function New-BuildFolder {
    try {
        $null = New-Item -ItemType Directory -Force -Path $buildFolder
        $probe = Join-Path $buildFolder "writable.$PID"
        [IO.File]::WriteAllText($probe, '')
        Remove-Item $probe
    }
    catch {
        Stop-Build 2 "this checkout cannot be written ($($_.Exception.Message)); run build.ps1 as a user who can write it, or use a copy."
    }
}

# Runs a program with its output in a file and gives its exit code. What a program writes to standard error is no error in itself.
function Invoke-Logged([string] $LogFile, [string] $Program, [string[]] $Arguments) {
    $ErrorActionPreference = 'Continue'
    & $Program @Arguments 2>&1 | ForEach-Object { "$_" } | Out-File -FilePath $LogFile -Encoding utf8
    return $LASTEXITCODE
}

function Get-Download([string] $Url, [string] $File) {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    Invoke-WebRequest -Uri $Url -OutFile $File -UseBasicParsing -TimeoutSec 300
}

# --- .NET SDK ---------------------------------------------------------------------------------------------------------

function Use-OwnSdk {
    $env:DOTNET_ROOT = Join-Path $toolsFolder 'dotnet'
    $env:PATH = $env:DOTNET_ROOT + [IO.Path]::PathSeparator + $env:PATH
}

function Test-Command([string] $Name) { $null -ne (Get-Command $Name -CommandType Application -ErrorAction SilentlyContinue) }

# global.json decides, through dotnet's own reading of it.
function Test-Sdk {
    if (-not (Test-Command 'dotnet')) { return $false }
    $null = New-Item -ItemType Directory -Force -Path $buildFolder
    return (Invoke-Logged (Join-Path $buildFolder 'sdk.log') 'dotnet' @('--version')) -eq 0
}

function Install-Sdk {
    $wanted = (Get-Content -Raw (Join-Path $root 'global.json') | ConvertFrom-Json).sdk.version
    $channel = ($wanted -split '\.')[0..1] -join '.'
    $installer = Join-Path $toolsFolder 'dotnet-install.ps1'
    Write-Note "Installing .NET SDK $channel into .tools/dotnet..."
    $null = New-Item -ItemType Directory -Force -Path $toolsFolder
    try {
        Get-Download 'https://dot.net/v1/dotnet-install.ps1' $installer
        $null = & $installer -Channel $channel -InstallDir (Join-Path $toolsFolder 'dotnet') -NoPath
    }
    catch {
        Write-Note $_.Exception.Message
        Stop-Build 2 "no .NET SDK on PATH satisfies global.json ($wanted or a later feature band) and none could be downloaded; check the network, or install one from https://dotnet.microsoft.com/download."
    }

    Use-OwnSdk
    if (-not (Test-Sdk)) {
        Stop-Build 2 "the .NET SDK in .tools/dotnet does not run here; .build/sdk.log says why."
    }
}

# --- terraform --------------------------------------------------------------------------------------------------------

function Test-Terraform([string] $File) {
    if (-not (Test-Path $File)) { return $false }
    $log = Join-Path $buildFolder 'terraform.log'
    if ((Invoke-Logged $log $File @('version')) -ne 0) { return $false }
    $first = Get-Content $log -TotalCount 1
    return $first -match 'v(\d+\.\d+)' -and [version]$Matches[1] -ge $terraformMinimum
}

function Install-Terraform {
    $architecture = if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') { 'arm64' } else { 'amd64' }
    $name = "terraform_${terraformVersion}_windows_$architecture.zip"
    $address = "https://releases.hashicorp.com/terraform/$terraformVersion"
    $folder = Join-Path $toolsFolder 'terraform'
    $archive = Join-Path $folder $name
    $sums = Join-Path $folder 'SHA256SUMS'
    Write-Note "Downloading terraform $terraformVersion into .tools/terraform..."
    $null = New-Item -ItemType Directory -Force -Path $folder
    try {
        Get-Download "$address/$name" $archive
        Get-Download "$address/terraform_${terraformVersion}_SHA256SUMS" $sums
    }
    catch {
        Write-Note $_.Exception.Message
        return $false
    }

    $line = Get-Content $sums | Where-Object { $_ -match "\s$([regex]::Escape($name))$" } | Select-Object -First 1
    if ("$line" -notlike "$((Get-FileHash -Algorithm SHA256 $archive).Hash) *") {
        Remove-Item $archive
        Stop-Build 2 "the downloaded $name does not have its published SHA-256; it was deleted."
    }

    Expand-Archive -Path $archive -DestinationPath $folder -Force
    Remove-Item $archive, $sums
    return Test-Terraform (Join-Path $folder 'terraform.exe')
}

function Find-Terraform {
    $found = Get-Command 'terraform' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($null -ne $found -and (Test-Terraform $found.Path)) { return }
    $own = Join-Path $toolsFolder 'terraform'
    if (-not (Test-Terraform (Join-Path $own 'terraform.exe')) -and -not (Install-Terraform)) {
        Write-Note "build.ps1: warning: terraform $terraformMinimum or later is not on PATH and could not be installed; targets that need it will fail."
        return
    }

    $env:PATH = $own + [IO.Path]::PathSeparator + $env:PATH
}

# --- package source ---------------------------------------------------------------------------------------------------

# Restores a solution from one source of packages, with the output in a file: the exit code, or 124 where it was ended after the
# limit. Says every 15 seconds that it still runs. In one process, so that ending it ends all of it.
function Invoke-Restore([string] $Source, [int] $Seconds, [string] $LogFile, [string] $Solution) {
    $before = $env:PackageSource
    $env:PackageSource = $Source
    try {
        $process = Start-Process -FilePath 'dotnet' -NoNewWindow -PassThru -WorkingDirectory $root -RedirectStandardOutput $LogFile -RedirectStandardError "$LogFile.err" `
            -ArgumentList @('restore', "`"$Solution`"", '-maxcpucount:1', '-nodeReuse:false')
        $null = $process.Handle # without it, the exit code is not kept
    }
    finally {
        $env:PackageSource = $before
    }

    try {
        for ($waited = 0; -not $process.WaitForExit(1000);) {
            $waited++
            if ($waited -ge $Seconds) { return 124 }
            if ($waited % 15 -eq 0) { Write-Note "Waiting for the package feed ($waited s of at most $Seconds s)..." }
        }

        return $process.ExitCode
    }
    finally {
        if (-not $process.HasExited) {
            $process.Kill()
            $process.WaitForExit()
        }
    }
}

# What the answer of the feed depends on: the versions, and where NuGet looks for them.
function Get-FeedKey {
    $text = "$env:RestoreSources`n$env:RestoreAdditionalProjectSources`n" + (Get-Content -Raw (Join-Path $root 'Directory.Packages.props'))
    $folders = @()
    for ($folder = $root; $folder; $folder = Split-Path $folder) { $folders += $folder }
    $homes = @($env:DOTNET_CLI_HOME, $env:HOME) | Where-Object { $_ }
    foreach ($place in $homes) { $folders += (Join-Path $place '.nuget/NuGet'), (Join-Path $place '.nuget/config') }
    if ($env:APPDATA) { $folders += (Join-Path $env:APPDATA 'NuGet'), (Join-Path $env:APPDATA 'NuGet/config') }
    if (${env:ProgramFiles(x86)}) { $folders += Join-Path ${env:ProgramFiles(x86)} 'NuGet/Config' }
    $folders += '/etc/opt/NuGet/Config', '/Library/Application Support/NuGet/Config'
    foreach ($folder in $folders | Where-Object { Test-Path $_ }) {
        foreach ($file in Get-ChildItem -Force -File -Path $folder | Where-Object { $_.Name -like '*.config' -and ($_.Name -eq 'nuget.config' -or (Split-Path -Leaf $folder) -eq 'config') }) {
            $text += Get-Content -Raw $file.FullName
        }
    }

    $sha = [Security.Cryptography.SHA256]::Create()
    try { return [BitConverter]::ToString($sha.ComputeHash([Text.Encoding]::UTF8.GetBytes($text))).Replace('-', '') } finally { $sha.Dispose() }
}

# The answer to the same question, if there is one: published, bundled or unanswered.
function Get-SavedSource {
    if (-not (Test-Path $sourceFile)) { return '' }
    $key, $source = "$(Get-Content -Raw $sourceFile)".Trim() -split ' '
    if ($key -eq (Get-FeedKey)) { return "$source" }
    return ''
}

function Save-Source([string] $Source) { "$(Get-FeedKey) $Source" | Out-File -FilePath $sourceFile -Encoding ascii }

# The probe restores the solution itself; a feed that is out of reach is asked again at the next build.
function Select-Source {
    $saved = Get-SavedSource
    if ('published', 'bundled' -contains $saved) { return $saved }
    $log = Join-Path $buildFolder 'probe.log'
    Write-Note 'Checking whether the package feed has every published package...'
    $code = Invoke-Restore 'published' $feedLimit $log (Join-Path $root 'BuildPipeline.sln')
    if ($code -eq 0) {
        Save-Source 'published'
        Write-Note 'Packages: published. The feed has all of them.'
        return 'published'
    }

    $lacking = @(Select-String -Path $log -Pattern 'NU(110[1239]|1603|1605|1608):.*?(find (a stable )?package|downgrade:|depends on) ([A-Za-z0-9.]+)' |
        ForEach-Object { $_.Matches[0].Groups[4].Value.TrimEnd('.') } | Sort-Object -Unique)
    if ($lacking.Count -gt 0) {
        Save-Source 'bundled'
        Write-Note "Packages: bundled stand-ins. The feed lacks the right version of: $($lacking -join ' ')."
        return 'bundled'
    }

    Save-Source 'unanswered'
    if ($code -eq 124) {
        $script:restoreLimit = $feedLimit
        Write-Note "Packages: bundled stand-ins for this build. The feed did not answer within $feedLimit s; .build/probe.log has the details."
    }
    else {
        Write-Note "Packages: bundled stand-ins for this build. The feed could not be asked (exit code $code); .build/probe.log has the details."
    }

    return 'bundled'
}

# --- build ------------------------------------------------------------------------------------------------------------

function Test-Current([string] $Source) {
    if (-not (Test-Path $hostFile) -or -not (Test-Path $stamp) -or (Get-Content -Raw $stamp).Trim() -ne $Source) { return $false }
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $sources = @(Get-Item (Join-Path $root 'build')) + @(Get-ChildItem -Recurse (Join-Path $root 'build')) +
        @(Get-ChildItem -Force $root -File | Where-Object { $_.Name -match '^(Directory\..*\.(props|targets)|global\.json|BannedSymbols\.txt|\.editorconfig)$' })
    return -not ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1)
}

# The stamp carries the time of the start, so that what changes meanwhile is built next time.
function Invoke-Compile([string] $Source) {
    $started = [DateTime]::UtcNow
    if (Test-Path $stamp) { Remove-Item $stamp }
    $restored = Invoke-Restore $Source $restoreLimit $buildLog (Join-Path $root 'build/Build.slnf')
    if ($restored -eq 124) {
        Stop-Build 1 "the package feed did not answer within $restoreLimit s, and not every package is in the local cache; check the network and 'dotnet nuget list source', then run it again."
    }

    if ($restored -ne 0) { return $false }
    $before = $env:PackageSource
    $env:PackageSource = $Source
    try {
        $code = Invoke-Logged $buildLog 'dotnet' @('build', (Join-Path $root 'build/Build.slnf'), '--no-restore', '--configuration', 'Release')
    }
    finally {
        $env:PackageSource = $before
    }

    if ($code -ne 0) { return $false }
    $Source | Out-File -FilePath $stamp -Encoding ascii
    (Get-Item $stamp).LastWriteTimeUtc = $started
    return $true
}

function Show-LogAndStop([string] $Sentence) {
    Get-Content $buildLog | ForEach-Object { Write-Note $_ }
    Stop-Build 1 $Sentence
}

function Invoke-Build([string] $Forced) {
    $source = if ($Forced) { $Forced } else { Select-Source }
    if (Test-Current $source) { return }
    Write-Note 'Building...'
    if (Invoke-Compile $source) { return }
    if ($source -eq 'bundled') {
        Show-LogAndStop 'the build failed; the errors stand above and in .build/build.log.'
    }

    if ($Forced) {
        Show-LogAndStop 'the build against the published packages failed; the errors stand above. --packages=bundled builds without them.'
    }

    Write-Note 'build.ps1: warning: the build against the published packages failed; building with the bundled ones.'
    Copy-Item $buildLog (Join-Path $buildFolder 'build-published.log') -Force
    if (-not (Invoke-Compile 'bundled')) {
        Show-LogAndStop 'the build failed with the bundled packages too; the errors stand above. Those with the published ones are in .build/build-published.log.'
    }

    Save-Source 'bundled'
}

# One build at a time; the system gives the lock back when this process ends, however it ends.
function Enter-BuildLock {
    $deadline = [DateTime]::UtcNow.AddSeconds($lockWaitSeconds)
    while ($true) {
        try {
            return [IO.File]::Open((Join-Path $buildFolder 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        }
        catch [IO.IOException] {
            if ([DateTime]::UtcNow -gt $deadline) {
                Stop-Build 1 "another build in this folder did not end within $lockWaitSeconds seconds."
            }

            Start-Sleep -Milliseconds 500
        }
    }
}

# --- from the command line to the host --------------------------------------------------------------------------------

# PowerShell makes an array of what holds a comma, and before 7.3 it does not escape quotes for a program.
$given = @($args | ForEach-Object { $_ -join ',' })
$forced = "$env:PackageSource" # as MSBuild would read it
if ($forced -and 'published', 'bundled' -notcontains $forced) { Stop-Build 2 "PackageSource=$forced is no source of packages; it is published or bundled." }
$needsTerraform = $null
$arguments = @()
for ($i = 0; $i -lt $given.Count; $i++) {
    $argument = $given[$i]
    if ($argument -eq '--packages' -or $argument -like '--packages=*') {
        $forced = if ($argument -like '*=*') { $argument.Substring('--packages='.Length) } elseif ($i + 1 -lt $given.Count) { $given[++$i] } else { '' }
        if ('published', 'bundled' -notcontains $forced) {
            Stop-Build 2 "--packages=$forced is no source of packages; it is published or bundled."
        }

        continue
    }

    if ($argument -match '^(--target|-t)' -and $null -eq $needsTerraform) { $needsTerraform = $true }
    if ('--help', '-h', '--tree', '--description', '--version', '--info', '--dryrun' -contains $argument) { $needsTerraform = $false }
    $arguments += if ($PSVersionTable.PSVersion -lt [version]'7.3') { $argument -replace '(\\*)"', '$1$1\"' } else { $argument }
}

Assert-CheckoutPath
Push-Location $root
try {
    if (Test-Path (Join-Path $toolsFolder 'dotnet/dotnet.exe')) { Use-OwnSdk }

    $expected = if ($forced) { $forced } else { (Get-SavedSource) -replace 'unanswered', 'bundled' }
    New-BuildFolder
    if (-not (Test-Command 'dotnet') -or -not (Test-Current $expected)) {
        if (-not (Test-Sdk)) { Install-Sdk }
        $lock = Enter-BuildLock
        try { Invoke-Build $forced } finally { $lock.Dispose() }
    }

    if ($needsTerraform) { Find-Terraform }
    $env:PackageSource = "$(Get-Content -Raw $stamp)".Trim() # for what the host builds, the tests
    & dotnet $hostFile @arguments
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
