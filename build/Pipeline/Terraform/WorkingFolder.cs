namespace BuildPipeline.Terraform;

/// <summary>The folder that the pipeline runs terraform in: a copy of <c>infra</c> with the S3 backend, so <c>infra</c> itself needs none.</summary>
internal static class WorkingFolder
{
    /// <summary>The lock file of provider versions.</summary>
    public const string LockFile = ".terraform.lock.hcl";

    // No file of a user has this name, so nothing is replaced.
    private const string OwnBackendFile = "pipeline_backend.tf";

    private const string OwnBackend = """
        # Written by the pipeline. Bucket, key and region come from environments/NAME.s3.tfbackend.
        terraform {
          backend "s3" {
            use_lockfile = true
          }
        }

        """;

    /// <summary>Makes the copy what <c>infra</c> is now; what an earlier copy had and <c>infra</c> no longer has is deleted.</summary>
    /// <remarks>A lock file of infra wins; without one, the versions that the environment uses already are kept. A state is never deleted.</remarks>
    /// <param name="environment">The environment.</param>
    /// <param name="folder">Absolute path of the copy.</param>
    /// <param name="added">Files that only the copy has, by name.</param>
    /// <returns>True if the copy was not so already.</returns>
    public static bool Refresh(TerraformEnvironment environment, string folder, params IReadOnlyList<(string Name, string Text)> added)
    {
        var module = environment.ModuleFolder;
        var wanted = ConfigurationFiles.ModuleFiles(module).ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(module, name)));
        IEnumerable<(string Name, string Text)> own = BackendBlock.Find(module) is null ? [(OwnBackendFile, OwnBackend), .. added] : added;
        foreach (var (name, text) in own)
        {
            wanted[name] = System.Text.Encoding.UTF8.GetBytes(text);
        }

        if (new[] { module, environment.WorkingFolder }.Select(place => Path.Combine(place, LockFile)).FirstOrDefault(File.Exists) is { } locked)
        {
            wanted[LockFile] = File.ReadAllBytes(locked);
        }

        Directory.CreateDirectory(folder);
        List<string> stale = [.. FilesOf(folder).Where(name => !wanted.ContainsKey(name) && !name.EndsWith(".tfstate", StringComparison.Ordinal))];
        stale.ForEach(name => File.Delete(Path.Combine(folder, name)));

        // What is the same stays untouched, because a terraform of a killed pipeline may still run here.
        List<KeyValuePair<string, byte[]>> changed = [.. wanted.Where(file => !IsSame(Path.Combine(folder, file.Key), file.Value))];
        foreach (var (name, content) in changed)
        {
            var target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        return stale.Count > 0 || changed.Count > 0;
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))];

    private static bool IsSame(string file, byte[] content) => File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content);
}
