using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Secrets;

/// <summary>A secret as it is kept.</summary>
/// <param name="Current">The newest value.</param>
/// <param name="Previous">The value before it; null if there is none.</param>
/// <param name="DeletedAt">From when on it is gone; null if it is not marked for deletion.</param>
internal sealed record Secret(string Name, string Arn, DateTimeOffset CreatedAt, SecretVersion Current, SecretVersion? Previous, DateTimeOffset? DeletedAt);

/// <summary>One value of a secret.</summary>
/// <param name="Id">The token of the request that put it.</param>
internal sealed record SecretVersion(string Id, string Value, DateTimeOffset CreatedAt);

/// <summary>AWS Secrets Manager, AWS JSON 1.1.</summary>
internal sealed partial class SecretService : IAwsService
{
    private const string CurrentStage = "AWSCURRENT";
    private const string PreviousStage = "AWSPREVIOUS";
    private const int RecoveryDays = 30;

    private readonly PerRegion<RecordStore<Secret>> _secrets;
    private readonly SandboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public SecretService(SecretFolders folders, SandboxSettings settings, TimeProvider time)
    {
        (_secrets, _settings, _time) = (folders.Of<Secret>("secrets"), settings, time);
        _operations = new(new RequestGuard("secretsmanager", "InvalidParameterException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["CreateSecret"] = Locked(Create),
            ["GetSecretValue"] = Locked(Get),
            ["PutSecretValue"] = Locked(Put),
            ["DeleteSecret"] = Locked(Delete),
            ["DescribeSecret"] = Locked(Describe),
        });
    }

    public string SigningName => "secretsmanager";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    private DateTimeOffset Now => _time.GetUtcNow();

    private AwsOperation Locked(Func<AwsCall, RecordStore<Secret>, JsonObject> operation) => call =>
    {
        var secrets = _secrets.In(call.Region);
        lock (secrets.Gate)
        {
            foreach (var gone in secrets.All.Where(secret => secret.DeletedAt <= Now).ToList())
            {
                secrets.Remove(gone.Name);
            }

            return Task.FromResult<JsonObject?>(operation(call, secrets));
        }
    };

    private JsonObject Create(AwsCall call, RecordStore<Secret> secrets)
    {
        var name = call.Input.RequiredText("Name");
        if (!NamePattern().IsMatch(name))
        {
            throw new AwsError(400, "InvalidParameterException", "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
        }

        if (secrets.Find(name) is { } known)
        {
            throw known.DeletedAt is null
                ? new AwsError(400, "ResourceExistsException", $"The operation failed because the secret {name} already exists.")
                : new AwsError(400, "InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion.");
        }

        // AWS adds a hyphen and six characters, so the ARN of a secret that is created again is another one.
        var arn = $"arn:aws:secretsmanager:{call.Region}:{_settings.AccountId}:secret:{name}-{Guid.NewGuid().ToString("N")[..6]}";
        var secret = new Secret(name, arn, Now, Version(call), null, null);
        secrets.Put(name, secret);
        return new() { ["ARN"] = arn, ["Name"] = name, ["VersionId"] = secret.Current.Id };
    }

    private static JsonObject Get(AwsCall call, RecordStore<Secret> secrets)
    {
        var secret = Existing(call, secrets);
        var stage = call.Input.Text("VersionStage") ?? CurrentStage;
        var version = (stage == CurrentStage ? secret.Current : secret.Previous)
            ?? throw new AwsError(400, "ResourceNotFoundException", $"Secrets Manager can't find the specified secret value for staging label: {stage}");
        return new()
        {
            ["ARN"] = secret.Arn,
            ["Name"] = secret.Name,
            ["VersionId"] = version.Id,
            ["SecretString"] = version.Value,
            ["VersionStages"] = new JsonArray(stage),
            ["CreatedDate"] = version.CreatedAt.ToEpochSeconds(),
        };
    }

    private JsonObject Put(AwsCall call, RecordStore<Secret> secrets)
    {
        var (secret, version) = (Existing(call, secrets), Version(call));
        var same = new[] { secret.Current, secret.Previous }.FirstOrDefault(known => known?.Id == version.Id);
        if (same is not null && same.Value != version.Value)
        {
            throw new AwsError(400, "ResourceExistsException", "You can't modify an existing version, you can only create a new version.");
        }

        if (same is null)
        {
            secrets.Put(secret.Name, secret with { Current = version, Previous = secret.Current });
        }

        return new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name, ["VersionId"] = version.Id, ["VersionStages"] = new JsonArray(CurrentStage) };
    }

    private JsonObject Delete(AwsCall call, RecordStore<Secret> secrets)
    {
        var (secret, forced, days) = (Existing(call, secrets), call.Input.Flag("ForceDeleteWithoutRecovery"), call.Input.Integer("RecoveryWindowInDays"));
        if (forced && days is not null)
        {
            throw new AwsError(400, "InvalidParameterException", "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
        }

        if (days is < 7 or > 30)
        {
            throw new AwsError(400, "InvalidParameterException", "RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
        }

        var deleted = secret with { DeletedAt = forced ? Now : Now.AddDays(days ?? RecoveryDays) };
        secrets.Put(secret.Name, deleted);
        return new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name, ["DeletionDate"] = deleted.DeletedAt!.Value.ToEpochSeconds() };
    }

    private static JsonObject Describe(AwsCall call, RecordStore<Secret> secrets)
    {
        var secret = Find(call, secrets);
        var stages = new JsonObject { [secret.Current.Id] = new JsonArray(CurrentStage) };
        if (secret.Previous is { } previous)
        {
            stages[previous.Id] = new JsonArray(PreviousStage);
        }

        var document = new JsonObject
        {
            ["ARN"] = secret.Arn,
            ["Name"] = secret.Name,
            ["CreatedDate"] = secret.CreatedAt.ToEpochSeconds(),
            ["LastChangedDate"] = secret.Current.CreatedAt.ToEpochSeconds(),
            ["VersionIdsToStages"] = stages,
        };
        if (secret.DeletedAt is { } deletedAt)
        {
            document["DeletedDate"] = deletedAt.ToEpochSeconds();
        }

        return document;
    }

    private SecretVersion Version(AwsCall call) => new(
        call.Input.Text("ClientRequestToken") ?? Guid.NewGuid().ToString(),
        call.Input.Text("SecretString") ?? throw new AwsError(400, "InvalidParameterException", "The sandbox keeps secrets with a SecretString only."),
        Now);

    private static Secret Existing(AwsCall call, RecordStore<Secret> secrets) => Find(call, secrets) is { DeletedAt: null } secret ? secret
        : throw new AwsError(400, "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");

    // By its name, or its ARN with or without what AWS added.
    private static Secret Find(AwsCall call, RecordStore<Secret> secrets)
    {
        var id = call.Input.RequiredText("SecretId");
        return secrets.All.FirstOrDefault(secret => id == secret.Name || id == secret.Arn || id == secret.Arn[..^7])
            ?? throw new AwsError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9/_+=.@!\-]{1,512}\z")]
    private static partial Regex NamePattern();
}
