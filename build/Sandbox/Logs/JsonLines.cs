namespace BuildPipeline.Sandbox.Logs;

/// <summary>Lines of a file with their byte offsets, complete lines only.</summary>
internal static class JsonLines
{
    private const int BlockSize = 64 * 1024;

    public static IEnumerable<(long Start, long End, byte[] Line)> Read(Stream content, long from)
    {
        content.Position = from;
        var block = new byte[BlockSize];
        var pending = new List<byte>();
        var start = from;
        int read;
        while ((read = content.Read(block, 0, block.Length)) > 0)
        {
            var used = 0;
            int length;
            while ((length = Array.IndexOf(block, (byte)'\n', used, read - used) - used) >= 0)
            {
                pending.AddRange(block.AsSpan(used, length));
                var end = start + pending.Count + 1;
                yield return (start, end, [.. pending]);
                pending.Clear();
                (start, used) = (end, used + length + 1);
            }

            pending.AddRange(block.AsSpan(used, read - used));
        }
    }
}
