# Runs the pipeline: ./build.ps1 [--packages=published|bundled] [options of the pipeline; --help lists them]
# Finds or installs what it needs into .tools, builds into .build when a source is newer, then runs the host.
# For Windows PowerShell 5.1 and PowerShell 7.3 or later, on every system; build.sh does the same without PowerShell.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # the progress bar slows downloads down in 5.1

$root = $PSScriptRoot
$onWindows = [IO.Path]::DirectorySeparatorChar -eq '\'
$exe = if ($onWindows) { '.exe' } else { '' }
$tools = Get-Content -Raw (Join-Path $root 'build/tools.properties') | ConvertFrom-StringData
$buildFolder = Join-Path $root '.build'
$toolsFolder = Join-Path $root '.tools'
$stamp = Join-Path $buildFolder 'build.stamp'
$hostsFolder = Join-Path $buildFolder 'host' # each build has its own folder, because a host that runs keeps its files open
$sourceFile = Join-Path $buildFolder 'package-source'
$buildLog = Join-Path $buildFolder 'build.log'
$lockWaitSeconds = 900 # a first build with all its downloads takes a fraction
$feedLimit = if ($env:PACKAGE_FEED_TIMEOUT) { [int]$env:PACKAGE_FEED_TIMEOUT } else { 180 } # seconds for the package feed to answer
$restoreLimit = 600 # seconds for the downloads from a feed that answers

$env:DOTNET_NOLOGO = '1'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_TieredPGO = '0' # the compiler ends before it has won back what measuring itself costs: half of a first build
$env:CHECKPOINT_DISABLE = '1'
$env:PIPELINE_SCRIPT = './build.ps1' # for the commands that the pipeline suggests
$env:PIPELINE_SHELL = 'powershell'

function Write-Note([string] $Text) { [Console]::Error.WriteLine($Text) }

function Stop-Build([int] $Code, [string] $Id, [string] $Sentence) {
    Write-Note "build.ps1: $Id $Sentence"
    exit $Code
}

# MSBuild reads these characters in a path as its own syntax, and PowerShell reads brackets as a pattern.
function Assert-CheckoutPath {
    if ($root -match '[;*?"\[\]]|\$\(|@\(|%\(|%[0-9A-Fa-f]{2}') {
        Stop-Build 2 BP9001 "the path of this checkout ($root) contains $($Matches[0]), which MSBuild or PowerShell would read as syntax; move the checkout to a path without it."
    }
}

function Test-Writable {
    try {
        $null = New-Item -ItemType Directory -Force -Path $buildFolder
        $probe = Join-Path $buildFolder "writable.$PID"
        [IO.File]::WriteAllText($probe, '')
        Remove-Item $probe
        return $true
    }
    catch { return $false }
}

# Runs a program with its output in a file and gives its exit code. What a program writes to standard error is not an error in itself.
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
    if (-not $onWindows) {
        Stop-Build 2 BP9003 "no .NET SDK on PATH satisfies global.json ($wanted or a later feature band); ./build.sh installs one, or install it from https://dotnet.microsoft.com/download."
    }

    $installer = Join-Path $toolsFolder 'dotnet-install.ps1'
    Write-Note "Installing .NET SDK $channel into .tools/dotnet..."
    $null = New-Item -ItemType Directory -Force -Path $toolsFolder
    try {
        Get-Download 'https://dot.net/v1/dotnet-install.ps1' $installer
        $null = & $installer -Channel $channel -InstallDir (Join-Path $toolsFolder 'dotnet') -NoPath
    }
    catch {
        Write-Note $_.Exception.Message
        Stop-Build 2 BP9003 "no .NET SDK on PATH satisfies global.json ($wanted or a later feature band) and none could be downloaded; check the network, or install one from https://dotnet.microsoft.com/download."
    }

    Use-OwnSdk
    if (-not (Test-Sdk)) {
        Stop-Build 2 BP9004 "the .NET SDK in .tools/dotnet does not run here; .build/sdk.log says why."
    }
}

# --- terraform --------------------------------------------------------------------------------------------------------

# What passed once is not asked again while it stays the same file.
function Test-Terraform([string] $File) {
    if (-not (Test-Path $File)) { return $false }
    $checked = Join-Path $buildFolder 'terraform.checked'
    if ((Test-Path $checked) -and "$(Get-Content -Raw $checked)".Trim() -eq $File) {
        $when = (Get-Item $checked).LastWriteTimeUtc
        if (-not (@($File, (Join-Path $root 'build/tools.properties')) | Where-Object { (Get-Item $_).LastWriteTimeUtc -gt $when })) { return $true }
    }

    $log = Join-Path $buildFolder 'terraform.log'
    if ((Invoke-Logged $log $File @('version')) -ne 0) { return $false }
    # A warning can come before the version.
    if ("`n$(Get-Content -Raw $log)" -notmatch '\n[A-Za-z]+ v(\d+\.\d+)' -or [version]$Matches[1] -lt [version]$tools.terraform_minimum) { return $false }
    [IO.File]::WriteAllText($checked, "$File`n")
    return $true
}

# The archive for this system; Windows on ARM runs the one for amd64.
function Get-TerraformPlatform {
    if ($onWindows) { return 'windows_amd64' }
    $information = [Runtime.InteropServices.RuntimeInformation]
    $system = if ($information::IsOSPlatform([Runtime.InteropServices.OSPlatform]::OSX)) { 'darwin' } else { 'linux' }
    return "${system}_$(if ("$($information::OSArchitecture)" -eq 'Arm64') { 'arm64' } else { 'amd64' })"
}

function Install-Terraform {
    $version = $tools.terraform_version
    $platform = Get-TerraformPlatform
    $name = "terraform_${version}_$platform.zip"
    $folder = Join-Path $toolsFolder 'terraform'
    $archive = Join-Path $folder $name
    Write-Note "Downloading terraform $version into .tools/terraform..."
    $null = New-Item -ItemType Directory -Force -Path $folder
    try {
        Get-Download "https://releases.hashicorp.com/terraform/$version/$name" $archive
    }
    catch {
        Write-Note $_.Exception.Message
        return $false
    }

    if ((Get-FileHash -Algorithm SHA256 $archive).Hash -ne $tools["terraform_sha256_$platform"]) {
        Remove-Item $archive
        Stop-Build 2 BP9005 "the downloaded terraform $version for $platform does not have its published SHA-256; it was deleted."
    }

    Expand-Archive -Path $archive -DestinationPath $folder -Force
    Remove-Item $archive
    $program = Join-Path $folder "terraform$exe"
    if (-not $onWindows) { & chmod +x $program }
    return Test-Terraform $program
}

function Find-Terraform {
    $found = Get-Command 'terraform' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($null -ne $found -and (Test-Terraform $found.Path)) { return }
    $own = Join-Path $toolsFolder 'terraform'
    if (-not (Test-Terraform (Join-Path $own "terraform$exe")) -and -not (Install-Terraform)) {
        Write-Note "build.ps1: warning: terraform $($tools.terraform_minimum) or later is not on PATH and could not be installed; targets that need it will fail."
        return
    }

    $env:PATH = $own + [IO.Path]::PathSeparator + $env:PATH
}

# --- package source ---------------------------------------------------------------------------------------------------

# Restores a solution from one source of packages, with the output in a file: the exit code, or 124 where it was ended after the
# limit. Says every 15 seconds that it still runs. In one process, so ending it ends all of it.
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

# The package source of the newest build and its host; both empty where there is none.
function Read-Stamp {
    if (-not (Test-Path $stamp)) { return '', '' }
    $source, $folder = "$(Get-Content -Raw $stamp)".Trim() -split ' '
    return $source, (Join-Path $hostsFolder "$folder/Pipeline/release/Pipeline.dll")
}

function Test-Current([string] $Source) {
    $from, $program = Read-Stamp
    if (-not $from -or $from -ne $Source -or -not (Test-Path $program)) { return $false }
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $sources = [IO.DirectoryInfo](Join-Path $root 'build')
    if ($sources.LastWriteTimeUtc -gt $built) { return $false }
    foreach ($entry in $sources.EnumerateFileSystemInfos('*', 'AllDirectories')) { if ($entry.LastWriteTimeUtc -gt $built) { return $false } }
    foreach ($entry in ([IO.DirectoryInfo]$root).EnumerateFiles()) {
        if ($entry.Name -match '^(Directory\..*\.(props|targets)|global\.json|BannedSymbols\.txt|\.editorconfig)$' -and $entry.LastWriteTimeUtc -gt $built) { return $false }
    }

    return $true
}

# The stamp carries the time of the start, so what changes meanwhile is built next time.
function Invoke-Compile([string] $Source) {
    $started = [DateTime]::UtcNow
    $folder = "$(Get-Date -Format yyyyMMdd-HHmmss)-$PID"
    if (Test-Path $stamp) { Remove-Item $stamp }
    $restored = Invoke-Restore $Source $restoreLimit $buildLog (Join-Path $root 'build/Build.slnf')
    if ($restored -eq 124) {
        Stop-Build 1 BP9006 "the package feed did not answer within $restoreLimit s, and not every package is in the local cache; check the network and 'dotnet nuget list source', then run it again."
    }

    if ($restored -ne 0) { return $false }
    $before = $env:PackageSource
    $env:PackageSource = $Source
    try {
        $code = Invoke-Logged $buildLog 'dotnet' @('build', (Join-Path $root 'build/Build.slnf'), '--no-restore', '--configuration', 'Release', "-property:ArtifactsBinOutputName=host/$folder")
    }
    finally {
        $env:PackageSource = $before
    }

    if ($code -ne 0) { return $false }
    "$Source $folder" | Out-File -FilePath $stamp -Encoding ascii
    (Get-Item $stamp).LastWriteTimeUtc = $started
    Remove-UnusedHosts $folder
    return $true
}

# A folder that a process runs from stays: Windows does not rename it, and elsewhere the command lines have its name.
function Remove-UnusedHosts([string] $Kept) {
    $running = if ($onWindows) { '' } else { (Get-Process | ForEach-Object { $_.CommandLine }) -join "`n" }
    foreach ($folder in Get-ChildItem -Directory $hostsFolder | Where-Object { $_.Name -ne $Kept -and -not $running.Contains("host/$($_.Name)/") }) {
        try {
            $unused = "$($folder.FullName).unused"
            [IO.Directory]::Move($folder.FullName, $unused)
            Remove-Item -Recurse -Force $unused
        }
        catch { $null = $_ } # in use
    }
}

function Show-LogAndStop([string] $Sentence) {
    Get-Content $buildLog | ForEach-Object { Write-Note $_ }
    Stop-Build 1 BP9007 $Sentence
}

function Invoke-Build([string] $Forced) {
    $source = if ($Forced) { $Forced } else { Select-Source }
    if (Test-Current $source) { return }
    Write-Note 'Building...'
    if (Invoke-Compile $source) { return }
    if ($source -eq 'bundled') {
        Show-LogAndStop 'the build failed; see the errors above and in .build/build.log.'
    }

    if ($Forced) {
        Show-LogAndStop 'the build against the published packages failed; see the errors above. --packages=bundled builds without them.'
    }

    Write-Note 'build.ps1: warning: the build against the published packages failed; building with the bundled ones.'
    Copy-Item $buildLog (Join-Path $buildFolder 'build-published.log') -Force
    if (-not (Invoke-Compile 'bundled')) {
        Show-LogAndStop 'the build failed with the bundled packages too; see the errors above. Those with the published ones are in .build/build-published.log.'
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
                Stop-Build 1 BP9008 "another build in this folder did not end within $lockWaitSeconds seconds."
            }

            Start-Sleep -Milliseconds 500
        }
    }
}

# --- from the command line to the host --------------------------------------------------------------------------------

# The arguments as they were typed. Started as a file (pwsh build.ps1 ...), PowerShell takes the colon out of --data=s3://bucket, and
# the command line of the process has the truth. In a session it evaluates the elements of a list, so 2,8s becomes the numbers 2
# and 8, and takes -t:Plan apart.
function Get-Arguments([object[]] $Given, [object[]] $Stack) {
    if ($Stack.Count -eq 1) {
        $line = [Environment]::GetCommandLineArgs()
        for ($i = 1; $i -lt $line.Count; $i++) {
            if ([IO.Path]::GetFileName($line[$i]) -eq 'build.ps1') { return @($line | Select-Object -Skip ($i + 1)) }
        }
    }

    $call = if ($Stack.Count -gt 1) { $Stack[1].Position.Text } else { '' }
    $whole = ''
    foreach ($argument in $Given) {
        $text = $whole + $(if ($argument -is [array]) { Get-ListText $argument $call } else { [string]$argument })
        $whole = ''
        if ($text -match '^-[A-Za-z]+:$') { $whole = $text } else { $text }
    }

    if ($whole) { $whole }
}

# A list as the text of the call has it; one that is not there in so many words, as the value of a variable, has the text of its values.
function Get-ListText([object[]] $List, [string] $Call) {
    $tree = [Management.Automation.Language.Parser]::ParseInput($Call, [ref]$null, [ref]$null)
    foreach ($literal in $tree.FindAll({ $args[0] -is [Management.Automation.Language.ArrayLiteralAst] }, $true)) {
        if ($literal.Elements.Count -ne $List.Count) { continue }
        $texts = for ($i = 0; $i -lt $List.Count; $i++) {
            $element = $literal.Elements[$i]
            if ($element -is [Management.Automation.Language.ConstantExpressionAst] -and $element.Value -cne $List[$i]) { break }
            if ($element.Extent.Text -match '^[\w.+-]+$') { $element.Extent.Text } else { "$($List[$i])" }
        }

        if (@($texts).Count -eq $List.Count) { return $texts -join ',' }
    }

    return $List -join ','
}

# Windows PowerShell 5.1 drops an empty argument, and escapes neither quotes nor the backslashes before the quote that it adds.
function ConvertTo-NativeArgument([string] $Text) {
    if ($PSVersionTable.PSVersion.Major -gt 5) { return $Text }
    if ($Text -eq '') { return '""' }
    $escaped = $Text -replace '(\\*)"', '$1$1\"'
    if ($escaped -match '\s') { $escaped = $escaped -replace '(\\+)$', '$1$1' }
    return $escaped
}

if ($PSVersionTable.PSVersion.Major -gt 5 -and $PSVersionTable.PSVersion -lt [version]'7.3') {
    Stop-Build 2 BP9011 "PowerShell $($PSVersionTable.PSVersion) is not supported; use Windows PowerShell 5.1, or PowerShell 7.3 or later."
}

$PSNativeCommandArgumentPassing = 'Standard'
$PSNativeCommandUseErrorActionPreference = $false # an exit code of the host is passed on, and is not an error here
$given = @(Get-Arguments $args (Get-PSCallStack))
$forced = "$env:PackageSource" # as MSBuild would read it
if ($forced -and 'published', 'bundled' -cnotcontains $forced) { Stop-Build 2 BP9009 "--packages=$forced is not a valid package source; use published or bundled." }
$needsTerraform = $null
$arguments = @()
for ($i = 0; $i -lt $given.Count; $i++) {
    $argument = $given[$i]
    if ($argument -ceq '--packages' -or $argument -clike '--packages=*') {
        $forced = if ($argument -like '*=*') { $argument.Substring('--packages='.Length) } elseif ($i + 1 -lt $given.Count) { $given[++$i] } else { '' }
        if ('published', 'bundled' -cnotcontains $forced) {
            Stop-Build 2 BP9009 "--packages=$forced is not a valid package source; use published or bundled."
        }

        continue
    }

    if ($argument -cmatch '^(--target|-t)' -and $null -eq $needsTerraform) { $needsTerraform = $true }
    if ('--help', '-h', '--tree', '--description', '--version', '--info', '--dryrun' -ccontains $argument) { $needsTerraform = $false }
    $arguments += ConvertTo-NativeArgument $argument
}

Assert-CheckoutPath
Push-Location $root
try {
    if (Test-Path (Join-Path $toolsFolder "dotnet/dotnet$exe")) { Use-OwnSdk }

    if (-not (Test-Writable)) {
        $saved = (Read-Stamp)[0]
        $wanted = if ($forced) { $forced } else { $saved }
        if (-not $saved) { Stop-Build 2 BP9010 'this checkout cannot be written and is not built; run ./build.ps1 --help as a user who can write it, or use a copy.' }
        if (-not (Test-Current $wanted)) { Stop-Build 2 BP9010 'this checkout cannot be written and its build is older than its sources; run ./build.ps1 --help as a user who can write it, or use a copy.' }
    }
    else {
        $wanted = if ($forced) { $forced } else { (Get-SavedSource) -replace 'unanswered', 'bundled' }
    }

    if (-not (Test-Command 'dotnet') -or -not (Test-Current $wanted)) {
        if (-not (Test-Sdk)) { Install-Sdk }
        $lock = Enter-BuildLock
        try { Invoke-Build $forced } finally { $lock.Dispose() }
    }

    if ($needsTerraform) { Find-Terraform }
    $env:PackageSource, $hostFile = Read-Stamp # for what the host builds, the tests
    $ErrorActionPreference = 'Continue' # what the host writes to standard error is not an error of this script
    # Outside Windows PowerShell expands * and ~ in the value of a variable, but not between quotes.
    $quoted = for ($i = 0; $i -lt $arguments.Count; $i++) { "`"`$(`$arguments[$i])`"" }
    & ([scriptblock]::Create("& dotnet `$hostFile $quoted"))
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
