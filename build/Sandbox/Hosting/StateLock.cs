using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Keeps a second sandbox out of a state folder, for as long as the process lives.</summary>
internal sealed class StateLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <exception cref="StartupException">Another sandbox serves the folder, or the folder cannot be written.</exception>
    public static async Task<StateLock> AcquireAsync(string folder, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new StateLock(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (UnauthorizedAccessException)
            {
                throw new StartupException($"The state folder {folder} cannot be written: choose another with --sandbox-state.");
            }
            catch (IOException) when (!Directory.Exists(folder))
            {
                throw new StartupException($"The state folder {folder} cannot be created: choose another with --sandbox-state.");
            }
            catch (IOException)
            {
                // Without endpoint.json the other one is just starting or just ending, which is over in a moment.
                if (File.Exists(EndpointFile.PathIn(folder)) || time.GetElapsedTime(started) > Patience)
                {
                    throw new StartupException(
                        $"Another sandbox serves the state folder {folder}: use that one (its endpoint.json says where it listens), or end it first.");
                }

                await Task.Delay(Pause, time);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
