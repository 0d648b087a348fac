namespace BuildPipeline.Sandbox.Sns;

/// <summary>A key of KMS.</summary>
/// <param name="Policy">Its policy document; null for a key that AWS manages, whose policy nobody can change.</param>
internal sealed record TopicKey(string Arn, bool IsEnabled, string? Policy);

/// <summary>The account's keys of KMS, as far as SNS uses them.</summary>
internal interface ITopicKeys
{
    /// <param name="name">Id, ARN or alias.</param>
    /// <returns>Null if KMS has no such key in the region.</returns>
    TopicKey? Find(string name, string region);
}
