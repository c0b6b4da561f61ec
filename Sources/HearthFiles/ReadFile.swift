/// The whole file, or standard input for `-`. O(size) memory.
///
/// - Parameter limit: bytes above which the file is refused with `EFBIG`.
public func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let pieces = try FilePieces(path, limit: limit)
    return try pieces.rest(after: [])
}
