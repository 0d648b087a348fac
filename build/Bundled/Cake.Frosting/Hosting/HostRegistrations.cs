using Cake.Core.IO;

namespace Cake.Frosting.Hosting;

/// <summary>Where the run takes place unless the command line says otherwise.</summary>
internal sealed record WorkingDirectory(DirectoryPath Path);

/// <summary>A value of Cake's configuration; environment variables and <c>cake.config</c> override it.</summary>
internal sealed record CakeSetting(string Key, string Value);
