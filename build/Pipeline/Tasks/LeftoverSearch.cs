using Amazon.EC2.Model;
using Amazon.S3;
using BuildPipeline.Aws;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>What may exist of an environment although its state does not have it.</summary>
/// <param name="Candidates">Found by name, by tag, or in the log of an apply that did not end.</param>
/// <param name="Unfinished">Addresses whose creation had started when an apply was killed, and that cannot be found by name or tag.</param>
public sealed record Leftovers(IReadOnlyList<ImportCandidate> Candidates, IReadOnlyList<string> Unfinished);

/// <summary>Searches for resources that an apply has left without a state: it was killed, or its machine was lost.</summary>
/// <remarks>
/// Buckets are asked for by name, the network and its rules by their Name tags, keys by their alias, route table associations by their subnet
/// and route table; roles and log groups have planned names, which the plan of their import proves. What AWS creates by overwriting (policies
/// of a role or a bucket, settings of a bucket) needs no search.
/// </remarks>
public sealed class LeftoverSearch(RunSession session, IAwsClients clients)
{
    // Only a type whose creation does not simply overwrite what is there.
    private static readonly Dictionary<string, string?> NamedTypes = new()
    {
        ["aws_iam_role"] = "name",
        ["aws_s3_bucket"] = "bucket",
        ["aws_kms_alias"] = "name",
        ["aws_cloudwatch_log_group"] = "name",
        ["aws_kms_key"] = null,
        ["aws_vpc"] = null,
        ["aws_subnet"] = null,
        ["aws_route_table"] = null,
        ["aws_route_table_association"] = null,
        ["aws_security_group"] = null,
        ["aws_default_security_group"] = null,
        ["aws_vpc_endpoint"] = null,
        ["aws_vpc_security_group_ingress_rule"] = null,
        ["aws_vpc_security_group_egress_rule"] = null,
    };

    // EC2's name of a type in DescribeTags.
    private static readonly Dictionary<string, string> Ec2Types = new()
    {
        ["aws_vpc"] = "vpc",
        ["aws_subnet"] = "subnet",
        ["aws_route_table"] = "route-table",
        ["aws_security_group"] = "security-group",
        ["aws_vpc_endpoint"] = "vpc-endpoint",
        ["aws_vpc_security_group_ingress_rule"] = "security-group-rule",
        ["aws_vpc_security_group_egress_rule"] = "security-group-rule",
    };

    /// <summary>Searches where there is a reason to: an apply of this environment that did not end, a state that lacks a part, or a bucket without a state.</summary>
    /// <param name="always">True to search without a reason too.</param>
    public async Task<Leftovers> FindAsync(string environment, string planJson, bool always, CancellationToken cancellationToken)
    {
        var planned = TerraformDocuments.ReadPlannedCreations(planJson).Where(resource => NamedTypes.ContainsKey(resource.Type)).ToList();
        // Runs are applied one at a time, and not in the order in which they were started.
        var unfinished = session.Store.RunsOf(environment).OrderByDescending(run => run.ApplyStartedAt ?? run.StartedAt)
            .TakeWhile(run => run.Stage < RunStage.Applied).Reverse().ToList();
        List<string> log = [.. unfinished.SelectMany(LogOf)];
        if (planned.Count == 0 || (!always && !unfinished.Exists(IsPartlyApplied) && !TerraformDocuments.HasPriorResources(planJson)
            && !await HasOwnBucketAsync(planned, cancellationToken)))
        {
            return new([], []);
        }

        var addresses = planned.Select(resource => resource.Address).ToHashSet();
        var found = CreationLog.Created(log)
            .Concat(planned.Where(resource => NameOf(resource) is not null).Select(resource => new ImportCandidate(resource.Address, NameOf(resource)!)))
            .Concat(await FindInNetworkAsync(planned, cancellationToken))
            .Where(candidate => addresses.Contains(candidate.Address) && !CreationLog.IsAssociation(candidate.Address))
            .DistinctBy(candidate => candidate.Address)
            .ToList();
        var ids = TerraformDocuments.ReadPriorIds(planJson).Concat(found.Select(candidate => KeyValuePair.Create(candidate.Address, candidate.Id)));
        found.AddRange(CreationLog.Associations(addresses, ids.ToDictionary()));
        return new(found, [.. CreationLog.Unfinished(log).Where(address => addresses.Contains(address) && found.TrueForAll(candidate => candidate.Address != address))]);
    }

    // Terraform has, or on another machine may have, changed something for that run without applying all of its plan.
    private bool IsPartlyApplied(RunRecord run) =>
        run.Stage < RunStage.Applied && (File.Exists(LogFileOf(run)) ? CreationLog.HasChanges(LogOf(run)) : run.ApplyStartedAt is not null);

    private IEnumerable<string> LogOf(RunRecord run) => File.Exists(LogFileOf(run)) ? File.ReadLines(LogFileOf(run)) : [];

    private string LogFileOf(RunRecord run) => session.Store.PathOf(run.RunId, RunFiles.TerraformLog);

    private static string? NameOf(PlannedResource resource) => NamedTypes[resource.Type] is { } attribute ? resource.Values.Text(attribute) : null;

    private async Task<bool> HasOwnBucketAsync(List<PlannedResource> planned, CancellationToken cancellationToken)
    {
        if (planned.FirstOrDefault(resource => resource.Type == "aws_s3_bucket") is not { } bucket || NameOf(bucket) is not { } name)
        {
            return false;
        }

        try
        {
            var tagging = await clients.S3.GetBucketTaggingAsync(new() { BucketName = name }, cancellationToken);
            return bucket.Values.GetProperty("tags_all").TryGetProperty("environment", out var own)
                && (tagging.TagSet ?? []).Exists(tag => tag.Key == "environment" && tag.Value == own.GetString());
        }
        catch (AmazonS3Exception)
        {
            // There is none, or it is somebody else's: then terraform says so.
            return false;
        }
    }

    private async Task<IReadOnlyList<ImportCandidate>> FindInNetworkAsync(List<PlannedResource> planned, CancellationToken cancellationToken)
    {
        var names = planned.Where(resource => Ec2Types.ContainsKey(resource.Type) && Name(resource) is not null)
            .ToDictionary(resource => (Ec2Types[resource.Type], Name(resource)!), resource => resource.Address);
        if (names.Count == 0)
        {
            return [];
        }

        try
        {
            var tags = await clients.Ec2.DescribeTagsAsync(
                new DescribeTagsRequest { Filters = [new("key", ["Name"]), new("value", [.. names.Keys.Select(key => key.Item2).Distinct()])] }, cancellationToken);
            return
            [
                .. (tags.Tags ?? [])
                    .Where(tag => names.ContainsKey((tag.ResourceType, tag.Value)))
                    .Select(tag => new ImportCandidate(names[(tag.ResourceType, tag.Value)], tag.ResourceId)),
            ];
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            if (AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied)
            {
                return []; // Names find the rest.
            }

            throw AwsErrors.ToPipelineException(exception, "searching for resources of an earlier apply", clients.Connection);
        }
    }

    private static string? Name(PlannedResource resource) =>
        resource.Values.TryGetProperty("tags", out var tags) && tags.ValueKind == System.Text.Json.JsonValueKind.Object ? tags.Text("Name") : null;
}
