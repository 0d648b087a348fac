using System.Text.RegularExpressions;

namespace BuildPipeline.Jobs;

/// <summary>The rules of AWS for a training job that are known before it is submitted, so a job that AWS would refuse is neither approved nor applied.</summary>
/// <remarks>
/// Patterns and limits are those of SageMaker's service model (API 2017-07-24, CreateTrainingJobRequest) as botocore 1.43.11 has it;
/// that tag keys must differ in more than case is IAM's rule for the execution role, which has the same tags.
/// </remarks>
public static partial class JobRules
{
    private const int MostHyperparameters = 100;
    private const int MostVariables = 100;
    private const int MostTags = 50;
    private const int LongestUri = 1024;

    // Added at submission: the run and its digest; team and environment are the job's own.
    private static readonly string[] AddedTags = [JobNames.RunIdTag, JobNames.DigestTag, "team", "environment"];

    /// <summary>What AWS would refuse: one clause for each problem, starting with the variable; empty if there is none.</summary>
    public static IReadOnlyList<string> Problems(TrainingJobSpec job) =>
    [
        .. Image(job.TrainingImageUri),
        .. Texts("entrypoint", job.Entrypoint.Index().Select(item => ($"element {item.Index + 1}", item.Item)), 100, 256, LinePattern()),
        .. Names("hyperparameters", job.Hyperparameters.Keys, 256, LinePattern()),
        .. Texts("hyperparameters", Named(job.Hyperparameters), MostHyperparameters, 2500, LinePattern()),
        .. Names("environment_variables", job.EnvironmentVariables.Keys, 512, VariablePattern()),
        .. Texts("environment_variables", Named(job.EnvironmentVariables), MostVariables, 512, null),
        .. Metrics(job.MetricDefinitions),
        .. Tags(job.Tags),
        .. Resources(job),
        .. Uris(job),
    ];

    private static IEnumerable<(string, string)> Named(IReadOnlyDictionary<string, string> map) => map.Select(entry => (entry.Key, entry.Value));

    private static IEnumerable<string> Image(string image)
    {
        if (image.Length > 255 || !ImagePattern().IsMatch(image))
        {
            yield return $"training_image_uri: \"{image}\" is not a valid image; the form is REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@sha256:DIGEST, at most 255 characters";
        }
    }

    private static IEnumerable<string> Names(string variable, IEnumerable<string> names, int longest, Regex pattern) =>
        from name in names
        where name.Length == 0 || name.Length > longest || !pattern.IsMatch(name)
        select $"{variable}: \"{OneLine(name)}\" is not a valid name (at most {longest} characters{(pattern == LinePattern() ? ", no line break" : ", letters, digits and underscores, no digit first")})";

    private static IEnumerable<string> Texts(string variable, IEnumerable<(string Name, string Value)> texts, int most, int longest, Regex? pattern)
    {
        var count = 0;
        foreach (var (name, value) in texts)
        {
            count++;
            if (value.Length > longest)
            {
                yield return $"{variable}: {OneLine(name)} has {value.Length} characters; SageMaker allows {longest}";
            }

            if (pattern?.IsMatch(value) == false)
            {
                yield return $"{variable}: {OneLine(name)} contains a line break, which SageMaker does not allow";
            }
        }

        if (count > most)
        {
            yield return $"{variable}: {count} entries; SageMaker allows {most}";
        }
    }

    private static IEnumerable<string> Metrics(IReadOnlyList<MetricDefinitionSpec> metrics)
    {
        if (metrics.Count > 40)
        {
            yield return $"metric_definitions: {metrics.Count} entries; SageMaker allows 40";
        }

        foreach (var metric in metrics)
        {
            var problem = metric.Name.Length is 0 or > 255 || !LinePattern().IsMatch(metric.Name) ? "its name must have 1 to 255 characters and no line break"
                : metric.Regex.Length is 0 or > 500 || !LinePattern().IsMatch(metric.Regex) ? "its regular expression must have 1 to 500 characters and no line break"
                : RegexProblem(metric.Regex);
            if (problem is not null)
            {
                yield return $"metric_definitions: {OneLine(metric.Name)}: {problem}";
            }
        }
    }

    private static string? RegexProblem(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant).GetGroupNumbers().Length > 1
                ? null
                : "its regular expression has no group ( ) that captures the value";
        }
        catch (ArgumentException exception)
        {
            return $"its regular expression is not valid: {OneLine(exception.Message).TrimEnd('.')}";
        }
    }

    private static IEnumerable<string> Tags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var same in tags.Keys.Union(AddedTags).GroupBy(key => key, StringComparer.OrdinalIgnoreCase).Where(keys => keys.Count() > 1))
        {
            yield return $"tags: {string.Join(" and ", same)} differ only in case; IAM treats them as the same key";
        }

        if (tags.Keys.Union(AddedTags).Count() is > MostTags and var count)
        {
            yield return $"tags: {count} entries including the pipeline's; AWS allows {MostTags}";
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > 128 || !TagPattern().IsMatch(key))
            {
                yield return $"tags: \"{OneLine(key)}\" is not a valid key (1 to 128 letters, digits, spaces and _.:/=+-@)";
            }
            else if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"tags: \"{key}\" starts with aws:, which is reserved for AWS";
            }

            if (value.Length > 256 || !TagPattern().IsMatch(value))
            {
                yield return $"tags: the value of \"{OneLine(key)}\" is not valid (at most 256 letters, digits, spaces and _.:/=+-@)";
            }
        }
    }

    private static IEnumerable<string> Resources(TrainingJobSpec job)
    {
        if (job.InstanceCount < 1)
        {
            yield return "instance_count: a job needs at least one node";
        }

        // No more than an EBS volume can have.
        if (job.VolumeSizeGb is < 1 or > 16_384)
        {
            yield return $"volume_size_gb: {job.VolumeSizeGb} must be from 1 to 16384";
        }

        if (job.MaxRetryAttempts is < 1 or > 30)
        {
            yield return $"max_retry_attempts: {job.MaxRetryAttempts} must be from 1 to 30, or null";
        }

        if (job.SubnetIds?.Count > 16)
        {
            yield return $"private_subnet_ids: {job.SubnetIds.Count} subnets; SageMaker allows 16";
        }

        if (job.SecurityGroupIds?.Count > 5)
        {
            yield return $"security groups: {job.SecurityGroupIds.Count}; SageMaker allows 5";
        }

        if (job.RoleArn is { } role && (role.Length is < 20 or > 2048 || !RolePattern().IsMatch(role)))
        {
            yield return $"role_arn: \"{OneLine(role)}\" is not the ARN of a role";
        }

        if (!NamePattern().IsMatch(job.Name))
        {
            yield return $"name_prefix: the job name \"{OneLine(job.Name)}\" is not valid (letters, digits and hyphens)";
        }
    }

    private static IEnumerable<string> Uris(TrainingJobSpec job) =>
        from uri in new[] { ("training_data_uri", job.TrainingDataUri), ("validation_data_uri", job.ValidationDataUri), ("model_data_uri", job.ModelDataUri) }
        let text = uri.Item2
        where text is not null
        let path = text.StartsWith("s3://", StringComparison.Ordinal) ? text["s3://".Length..] : text
        where text.Length > LongestUri || path.Contains("//", StringComparison.Ordinal) || !LinePattern().IsMatch(text)
        select $"{uri.Item1}: \"{OneLine(text)}\" has an empty part (//), a line break or more than {LongestUri} characters";

    private static string OneLine(string text) => string.Concat(text.Take(200).Select(character => char.IsControl(character) ? ' ' : character));

    // In the service model ".*" means no line terminator, and Java has five of them.
    [GeneratedRegex(@"\A[^\n\r\u0085\u2028\u2029]*\z")]
    private static partial Regex LinePattern();

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z")]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\Aarn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+\z")]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\z")]
    private static partial Regex NamePattern();

    // As container registries take it: a host (with a dot or a port), path parts in lower case, and a tag or a digest.
    [GeneratedRegex(@"\A(?:(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:[0-9]))(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?\z")]
    private static partial Regex ImagePattern();
}
