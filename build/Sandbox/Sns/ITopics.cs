namespace BuildPipeline.Sandbox.Sns;

/// <summary>A message for a topic.</summary>
/// <param name="Body">For every protocol that has no text of its own.</param>
internal sealed record TopicMessage(string Body)
{
    public string? Subject { get; init; }

    /// <summary>What e-mail says instead; null for the same.</summary>
    public string? Email { get; init; }
}

/// <summary>An AWS service that publishes to topics, as policies see it.</summary>
/// <param name="Principal">For example <c>cloudwatch.amazonaws.com</c>.</param>
/// <param name="SourceArn">What it publishes for, in the conditions of policies; null where the service tells policies nothing.</param>
internal sealed record ServicePublisher(string Principal, string? SourceArn);

/// <summary>The topics of SNS, for the parts that publish to them.</summary>
internal interface ITopics
{
    /// <summary>Publishes a message to a topic under the topic's own policy and that of its key.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="Protocols.AwsError">There is no such topic, or the service is not allowed to.</exception>
    string Publish(string topicArn, TopicMessage message, ServicePublisher publisher);
}
