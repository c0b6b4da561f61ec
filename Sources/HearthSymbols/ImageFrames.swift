internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

/// What is known of one image: for each address of its file that was asked for, its function and those inlined there. Not thread-safe.
final class ImageFrames {
    private(set) var names: [SharedName] = []
    var files: [String] { fileTable.strings }
    /// Addresses of which nothing is known have no entries: they are not looked up twice.
    private(set) var table = FrameTable()
    /// Whether something was learnt since it was stored.
    private(set) var hasNews = false
    /// What was wrong with the debug information; nil while it is not read.
    private(set) var debugInformationFault: String?

    /// The image's file; nil for an image in memory.
    let file: ImageFiles.Location?
    /// How much this machine can say of the image: what was stored with less is out of date.
    let sources: FrameCacheFile.Sources
    /// The module of a program, which the names of its functions do without.
    private let program: String
    /// Of the file; nil for an image in memory.
    private let headers: ELFFile?
    private let debugFile: ImageFiles.Location?
    private let debugInformation: ImageFiles.Location?
    private let reader: (any SourceFrameReader)?
    /// Read when the first address comes that is not known.
    private var symbols: ImageSymbols?
    /// The linkage names of `names`; one further, for the empty text stands first.
    private var functionTable = StringTable()
    private var fileTable = StringTable()
    private var textBytes = 0

    /// An image that is a file here. Keeps no mapping of it.
    ///
    /// - Parameter reader: reads the debug information; nil leaves it alone.
    init(_ found: ImageFiles.Found, of image: Image, files: ImageFiles, reader: (any SourceFrameReader)?) {
        file = found.location
        let debugFile = found.hasSymbolTable ? nil : files.debugFile(of: found)
        self.debugFile = debugFile?.location
        program = found.programModule ?? debugFile?.programModule ?? SymbolName.module(ofProgram: image.name)
        headers = found.headers
        debugInformation = reader == nil ? nil : files.debugInformation(of: found)?.location
        self.reader = reader
        sources = FrameCacheFile.Sources(
            symbols: found.hasSymbolTable || debugFile != nil, inlinedFunctions: debugInformation != nil)
    }

    /// An image in memory.
    init(_ symbols: ImageSymbols) {
        self.symbols = symbols
        (file, debugFile, debugInformation, reader) = (nil, nil, nil, nil)
        (program, headers) = ("", nil)
        sources = FrameCacheFile.Sources(symbols: true, inlinedFunctions: false)
    }

    var hasDebugInformation: Bool { debugInformation != nil }

    /// What to add to the addresses of an image in a profile to get those that are meant here: images of one build can stand in
    /// a profile by different rules. O(segments).
    func addressShift(of image: Image) -> UInt64 { headers?.addressShift(of: image) ?? 0 }

    /// Looks up the addresses that are not known yet. O(new · log symbols), and the debug information of their units.
    ///
    /// - Parameter addresses: addresses of the file, ascending, each once.
    func learn(_ addresses: [UInt64]) {
        let new = addresses.filter { table.range(of: $0) == nil }
        if new.isEmpty { return }
        let source = readDebugInformation(new)
        let symbols = openSymbols()
        // Texts of `source` → names and files here.
        var functions: [Int?] = Array(repeating: nil, count: source?.strings.count ?? 0)
        var paths: [Int?] = functions
        table.reserveCapacity(table.addresses.count + new.count)
        var entries: [FrameTable.Entry] = []
        for (position, address) in new.enumerated() {
            entries.removeAll(keepingCapacity: true)
            let outer = symbols?.linkageName(at: address).map { index(ofFunction: $0) }
            let found = source?[position] ?? []
            for entry in found {
                let function: Int
                if entries.isEmpty, let outer {
                    function = outer
                } else if entry.function == 0 {
                    continue
                } else if let known = functions[Int(entry.function)] {
                    function = known
                } else {
                    function = index(ofFunction: source?.strings[Int(entry.function)] ?? "")
                    functions[Int(entry.function)] = function
                }
                let file = paths[Int(entry.file)] ?? index(ofFile: source?.strings[Int(entry.file)] ?? "")
                paths[Int(entry.file)] = file
                entries.append(FrameTable.Entry(function: UInt32(function), file: UInt32(file), line: entry.line))
            }
            if found.isEmpty, let outer {
                entries.append(FrameTable.Entry(function: UInt32(outer), file: 0, line: 0))
            }
            table.append(address, entries)
        }
        hasNews = true
        symbols?.unmap()
    }

    private func openSymbols() -> ImageSymbols? {
        if symbols == nil, let found = file?.open() {
            symbols = ImageSymbols(found, debugFile: debugFile?.open())
        }
        return symbols
    }

    private func readDebugInformation(_ addresses: [UInt64]) -> SourceFrames? {
        // Opened for its identity: another file may have taken the path.
        guard let reader, let debugInformation, debugInformationFault == nil, debugInformation.open() != nil else {
            return nil
        }
        do {
            return try reader.frames(at: addresses, inFileAt: debugInformation.path)
        } catch {
            debugInformationFault = String(describing: error)
            return nil
        }
    }

    // MARK: Tables

    private func index(ofFunction mangled: String) -> Int {
        let index = Int(functionTable.intern(mangled).rawValue) - 1
        if index == names.count {
            names.append(SharedName(mangled: mangled, program: program))
            // Demangled, about three times as long.
            textBytes += mangled.utf8.count * 4 + 128
        }
        return index
    }

    private func index(ofFile path: String) -> Int {
        let count = fileTable.count
        let index = Int(fileTable.intern(path).rawValue)
        if fileTable.count > count { textBytes += path.utf8.count + 64 }
        return index
    }

    /// Bytes, about.
    var memorySize: Int {
        (symbols?.memorySize ?? 0) + textBytes + table.memorySize
    }

    // MARK: Stored

    /// Takes over what an earlier process learnt. Call it before anything else is learnt.
    func restore(_ stored: FrameCacheFile) {
        guard table.isEmpty, stored.sources == sources else { return }
        for name in stored.functions { _ = index(ofFunction: name) }
        for file in stored.files { _ = index(ofFile: file) }
        guard names.count == stored.functions.count, files.count == stored.files.count else { return }
        table = stored.table
    }

    /// What is known now, to be stored.
    func stored() -> FrameCacheFile {
        hasNews = false
        return FrameCacheFile(sources: sources, functions: names.map(\.mangled), files: files, table: table)
    }
}
