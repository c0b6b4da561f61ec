/// A document of a text in memory, as a line of it.
struct DocumentLine {
    /// Without the white space of JSON around it.
    var text: Range<Int>
    /// From 1.
    var number: Int
    /// Longer than a document may be.
    var isTooLong: Bool

    /// The lines of a text that are not blank. O(bytes).
    static func all(in text: [UInt8], longest: Int) -> [DocumentLine] {
        var lines: [DocumentLine] = []
        var number = 1
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let document = DocumentReader.trimmed(line)
            if !document.isEmpty {
                lines.append(
                    DocumentLine(
                        text: document.startIndex..<document.endIndex, number: number,
                        isTooLong: document.count > longest))
            }
            number += 1
        }
        return lines
    }
}
