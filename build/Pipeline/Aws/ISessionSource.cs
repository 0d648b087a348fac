using Amazon.SecurityToken.Model;
using BuildPipeline.Accounts;

namespace BuildPipeline.Aws;

/// <summary>Where sessions of a role come from.</summary>
public interface ISessionSource
{
    /// <summary>The role.</summary>
    string RoleArn { get; }

    /// <summary>Where STS is.</summary>
    AwsConnection Connection { get; }

    /// <summary>Asks for a session.</summary>
    /// <exception cref="Exception">What the SDK throws.</exception>
    Task<Credentials> AskAsync(CancellationToken cancellationToken);
}
