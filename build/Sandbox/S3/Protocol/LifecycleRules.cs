using System.Globalization;
using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>S3's rules for a lifecycle configuration beyond its shape.</summary>
internal static class LifecycleRules
{
    private const int LongestId = 255;
    private const int MostRules = 1000;
    private const int MostVersions = 100;

    private static readonly string[] Actions = ["Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"];

    public static void Check(XElement document)
    {
        var rules = document.Children("Rule").ToList();
        var ids = rules.Select(rule => rule.ChildText("ID")).Where(id => !string.IsNullOrEmpty(id)).ToList();
        if (rules.Count is 0 or > MostRules)
        {
            throw S3Errors.MalformedXml();
        }

        if (ids.Exists(id => id!.Length > LongestId))
        {
            throw S3Errors.InvalidArgument("ID length should not exceed allowed limit of 255");
        }

        if (ids.Distinct().Count() < ids.Count)
        {
            throw S3Errors.InvalidArgument("Rule ID must be unique. Found same ID for more than one rule");
        }

        rules.ForEach(CheckRule);
    }

    /// <summary>S3 names rules that have no name.</summary>
    public static void NameAll(XElement document)
    {
        foreach (var rule in document.Children("Rule").Where(rule => string.IsNullOrEmpty(rule.ChildText("ID"))))
        {
            rule.Child("ID")?.Remove();
            rule.AddFirst(new XElement(rule.Name.Namespace + "ID", Guid.NewGuid().ToString()));
        }
    }

    private static void CheckRule(XElement rule)
    {
        if (rule.Child("Filter") is null == rule.Child("Prefix") is null || rule.Child("Filter")?.Elements().Count() > 1)
        {
            throw S3Errors.MalformedXml();
        }

        if (!Array.Exists(Actions, action => rule.Child(action) is not null))
        {
            throw S3Errors.InvalidRequest("At least one action needs to be specified in a rule");
        }

        if (rule.Child("Expiration") is { } expiration)
        {
            CheckExpiration(expiration);
        }

        RequirePositive(rule.Child("NoncurrentVersionExpiration"), "NoncurrentDays", int.MaxValue);
        RequirePositive(rule.Child("NoncurrentVersionExpiration"), "NewerNoncurrentVersions", MostVersions);
        RequirePositive(rule.Child("AbortIncompleteMultipartUpload"), "DaysAfterInitiation", int.MaxValue);
    }

    private static void CheckExpiration(XElement expiration)
    {
        if (expiration.Elements().Count() != 1)
        {
            throw S3Errors.MalformedXml();
        }

        RequirePositive(expiration, "Days", int.MaxValue);
        if (expiration.ChildText("Date") is { } date && DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime.TimeOfDay != TimeSpan.Zero)
        {
            throw S3Errors.InvalidArgument("'Date' must be at midnight GMT");
        }
    }

    private static void RequirePositive(XElement? action, string name, int most)
    {
        if (action?.ChildNumber(name) is { } number && (number < 1 || number > most))
        {
            throw S3Errors.InvalidArgument($"'{name}' for {action.Name.LocalName} action must be a positive integer");
        }
    }
}
