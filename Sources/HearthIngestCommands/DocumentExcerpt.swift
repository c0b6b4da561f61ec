internal import HearthFiles
internal import HearthIngestion
internal import HearthRuntime

/// The first documents of an input, in a file of their own.
enum DocumentExcerpt {
    /// Writes up to `limit` documents, and says how many there were. Memory for all that is written.
    static func write(_ limit: Int, of input: String, to path: String) throws -> Int {
        var limits = DocumentReader.Limits()
        limits.batch = min(limit, 512)
        let reader = try DocumentReader(path: input, limits: limits)
        var text: [UInt8] = []
        var count = 0
        while count < limit, let batch = try reader.next() {
            guard case .bytes(let documents)? = batch.columns["documents"]?.content else { break }
            for item in 0..<min(documents.count, limit - count) {
                text += documents.bytes[documents.range(item)]
                text.append(UInt8(ascii: "\n"))
                count += 1
            }
        }
        try AtomicFile.write(text, to: path)
        return count
    }
}
