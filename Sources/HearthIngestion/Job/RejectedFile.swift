internal import Foundation
internal import HearthFiles
internal import HearthJSON

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The file of documents that were set aside: JSON Lines of `line`, `byte`, `node`, `reason`, `text`, and `base64` where the
/// text is no UTF-8 and could not be shown as it is.
enum RejectedFile {
    /// Writes the file whole or not at all; where nothing was set aside, takes away what an earlier run left.
    static func write(_ path: String, from store: DocumentStore) throws {
        var file: AtomicFile?
        var line = JSONText()
        try store.forEachRejected { document in
            let open = try file ?? AtomicFile(path: path)
            file = open
            line.removeAll()
            line.beginObject()
            document.place.write(to: &line)
            line.key("text")
            line.string(String(decoding: document.text, as: UTF8.self))
            if firstInvalidUTF8(document.text[...]) != nil {
                line.key("base64")
                line.string(Data(document.text).base64EncodedString())
            }
            line.endObject()
            line.endLine()
            try open.write(line.bytes)
        }
        if let file { return try file.commit() }
        // Not by FileManager, which would take a folder of that name away with all that is in it.
        unsafe unlink(path)
    }
}
