internal import HearthDebugInfo
internal import HearthObjectFiles
internal import HearthSymbols

/// DWARF, read by libdw for addresses all over the code of an object file.
func checkDebugInformation(_ input: [UInt8]) throws(BrokenLaw) {
    guard let file = try? unsafe ELFFile(input.span.bytes) else { return }
    var addresses: Set<UInt64> = []
    for section in file.sections where section.isExecutable && section.size > 0 {
        for part in 0..<64 as Range<UInt64> { addresses.insert(section.address &+ section.size / 64 &* part) }
        if addresses.count > 256 { break }
    }
    let sorted = addresses.sorted()
    // What it opens may be written to.
    var bytes = input
    let frames = unsafe bytes.withUnsafeMutableBytes { bytes in
        try? unsafe DWARFReader(debugFolders: []).frames(at: sorted, in: bytes)
    }
    guard let frames else { return }
    try hold(frames.count == sorted.count, "each address has an answer")
    for index in sorted.indices {
        for entry in frames[index] {
            try hold(entry.function < frames.strings.count, "a function's name is in the table")
            try hold(entry.file < frames.strings.count, "a file is in the table")
            try hold(entry.line == 0 || entry.file != 0, "a line is of a file")
        }
    }
}
