internal import CHearthSampler
internal import HearthFiles
internal import HearthObjectFiles
package import HearthProfile

/// The object files of this process: unwind rows and async functions for the handler, and the image of an address for the
/// profile.
///
/// Follows dlopen and dlclose: a change gives the handler a new table, and what belonged to unloaded files is freed when
/// no handler can still read it. Used by the drain thread only.
package struct ModuleTable: ~Copyable {
    private var modules: [Module] = []
    private var retiredRows: [UnwindRowStorage] = []
    private var retiredRanges: [AsyncRangeStorage] = []
    private var version: UInt64?
    /// Counts up with every change, for caches of addresses.
    private(set) var generation = 0

    private struct Module {
        var image: Image
        var rows: UnwindRowStorage?
        var asyncRanges: AsyncRangeStorage?
        /// The compilers' rows, until the code of functions without any has been read.
        var unread: UnwindTable?
        /// With the rows of such functions; not yet where the handler reads.
        var completeRows: UnwindRowStorage?
        /// Whether rows are still to be looked for in memory.
        var isNew = true

        init(image: Image) { self.image = image }

        mutating func take(_ table: UnwindTable) {
            rows = UnwindRowStorage(table)
            unread = table
            isNew = false
        }
    }

    package init() {}

    /// Files whose code is still to be read: see ``readCode()``.
    var unreadCount: Int { modules.count { $0.unread != nil } }

    var tableBytes: Int { modules.reduce(0) { $0 + ($1.rows?.byteCount ?? 0) + ($1.asyncRanges?.byteCount ?? 0) } }

    /// Reads the object files again if one came or went. Takes the loader's lock while it lists them, and while the unwind
    /// tables of new ones are read that have no file with a build-id: about 0.1 µs a function. The code of functions without
    /// any is left to ``readCode()``.
    package mutating func refresh() {
        // SAFETY: what is retired goes only when the C side says that no handler reads an older table.
        if hearth_modules_reclaim() {
            for storage in retiredRows { storage.deallocate() }
            for storage in retiredRanges { storage.deallocate() }
            retiredRows = []
            retiredRanges = []
        }
        let now = hearth_images_version()
        guard now != version else { return }
        version = now
        generation += 1
        let known = Dictionary(modules.map { ($0.image, $0) }) { first, _ in first }
        let old = modules
        // Files are read after the loader's lock has been given back.
        modules = ImageReader.read().images.map { known[$0] ?? Self.read($0) }
        readRowsInMemory()
        guard publish() else {
            // Out of memory: the handler keeps the table it has, and so do we; the new rows wait for the next turn.
            retiredRows += modules.compactMap(\.rows).filter { row in
                !old.contains { $0.rows?.identity == row.identity }
            }
            retiredRanges += modules.compactMap(\.asyncRanges).filter { ranges in
                !old.contains { $0.asyncRanges?.identity == ranges.identity }
            }
            modules = old
            version = nil
            return
        }
        let keptRows = Set(modules.compactMap { $0.rows?.identity })
        retiredRows += old.compactMap(\.rows).filter { !keptRows.contains($0.identity) }
        let keptRanges = Set(modules.compactMap { $0.asyncRanges?.identity })
        retiredRanges += old.compactMap(\.asyncRanges).filter { !keptRanges.contains($0.identity) }
        let keptImages = Set(modules.map(\.image))
        // No handler has seen these.
        for module in old where !keptImages.contains(module.image) { module.completeRows?.deallocate() }
    }

    /// With what the file tells: rows, which stand in memory too, and async functions, which do not. Where the file cannot be
    /// read or is not the one that is loaded, tasks show their physical callers only.
    private static func read(_ image: Image) -> Module {
        var module = Module(image: image)
        withFile(of: image) { file, bytes in
            module.asyncRanges = AsyncRangeStorage(AsyncFunctions(file, in: bytes))
            // Only a build-id tells that they are those of what is loaded. They are read here because what is touched of the
            // loaded image stays in the process's memory, and the file is mapped only for so long.
            let table = image.buildID.isEmpty ? nil : UnwindTable(file, in: bytes)
            if let table, !table.rows.isEmpty { module.take(table) }
        }
        return module
    }

    /// Of new images whose file does not tell them, such as the vDSO.
    private mutating func readRowsInMemory() {
        let missing = Set(modules.lazy.filter(\.isNew).map(\.image))
        if missing.isEmpty { return }
        let tables = ImageReader.read(rowsOf: missing).tables
        for index in modules.indices where modules[index].isNew {
            if let table = tables[modules[index].image] { modules[index].take(table) }
            modules[index].isNew = false
        }
    }

    private static func withFile(of image: Image, _ body: (ELFFile, RawSpan) -> Void) {
        // Only a build-id can tell that what another path leads to is the same file.
        let others = image.buildID.isEmpty ? [] : OwnMappings.paths(at: image.start)
        for path in [image.path] + others {
            let isRead = MappedFile(path: path)?.withBytes { bytes in
                guard let headers = try? ELFFile(bytes), (headers.buildID(in: bytes) ?? "") == image.buildID else {
                    return false
                }
                body(headers, bytes)
                return true
            }
            if isRead == true { return }
        }
    }

    /// Reads the functions of one more file that have no unwind table, 1.2 µs each, and gives the handler the rows of all when
    /// it was the last. So sampling begins before this, and nobody waits for more than one file.
    /// - Returns: true while there are more.
    package mutating func readCode() -> Bool {
        guard let index = modules.firstIndex(where: { $0.unread != nil }), var table = modules[index].unread else {
            return false
        }
        modules[index].unread = nil
        let before = table.rows.count
        Self.withFile(of: modules[index].image) { table.addRowsFromCode(of: $0, in: $1) }
        if table.rows.count != before { modules[index].completeRows = UnwindRowStorage(table) }
        guard unreadCount == 0 else { return true }
        let old = modules
        for index in modules.indices {
            guard let complete = modules[index].completeRows else { continue }
            modules[index].rows = complete
            modules[index].completeRows = nil
        }
        if publish() {
            retiredRows += old.filter { $0.completeRows != nil }.compactMap(\.rows)
        } else {
            // Out of memory: the compilers' rows have to do.
            for module in old { module.completeRows?.deallocate() }
            modules = old
            for index in modules.indices { modules[index].completeRows = nil }
        }
        return false
    }

    private func publish() -> Bool {
        let table = unsafe modules.map { module in
            unsafe hearth_module(
                start: UInt(module.image.start), end: UInt(module.image.end),
                base: UInt(module.image.bias &+ (module.rows?.base ?? 0)),
                rows: module.rows.map { unsafe $0.rows },
                row_count: UInt32(module.rows?.rowCount ?? 0),
                pages: module.rows.map { unsafe $0.pages },
                page_count: UInt32(module.rows?.pageCount ?? 0),
                base_rows: module.rows.flatMap { unsafe $0.baseRows },
                base_row_count: UInt32(module.rows?.baseRowCount ?? 0),
                async_base: UInt(module.image.bias &+ (module.asyncRanges?.base ?? 0)),
                async_ranges: module.asyncRanges.map { unsafe UnsafePointer($0.ranges) },
                async_count: UInt32(module.asyncRanges?.count ?? 0))
        }
        return unsafe table.withUnsafeBufferPointer { unsafe hearth_modules_publish($0.baseAddress, $0.count) }
    }

    /// The image that holds a run-time address. O(log images).
    package func image(at address: UInt64) -> Image? { module(at: address)?.image }

    /// Unwind rows of the image that holds a run-time address. O(log images).
    func rowCount(at address: UInt64) -> Int? { module(at: address)?.rows?.rowCount }

    private func module(at address: UInt64) -> Module? {
        var low = 0
        var high = modules.count
        while low < high {
            let middle = (low + high) / 2
            if modules[middle].image.end <= address { low = middle + 1 } else { high = middle }
        }
        return low < modules.count && modules[low].image.start <= address ? modules[low] : nil
    }
}

/// Collects the images while the loader's lock keeps them in place.
private final class ImageReader {
    /// By address.
    private(set) var images: [Image] = []
    /// The rows in memory of those that were wanted and have some.
    private(set) var tables: [Image: UnwindTable] = [:]
    private let wanted: Set<Image>

    private init(_ wanted: Set<Image>) { self.wanted = wanted }

    static func read(rowsOf wanted: Set<Image> = []) -> ImageReader {
        let reader = ImageReader(wanted)
        withExtendedLifetime(reader) {
            unsafe hearth_images_visit(
                { image, context in
                    unsafe Unmanaged<ImageReader>.fromOpaque(context!).takeUnretainedValue().visit(image!.pointee)
                    return 0
                }, Unmanaged.passUnretained(reader).toOpaque())
        }
        return reader
    }

    private func visit(_ source: hearth_image) {
        let path = unsafe String(cString: source.path)
        var buildID = ""
        if let bytes = unsafe source.build_id {
            let identifier = unsafe Array(UnsafeBufferPointer(start: bytes, count: source.build_id_size))
            buildID = identifier.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let image = unsafe Image(
            path: Self.path(path, start: UInt64(source.text_start)), buildID: buildID,
            start: UInt64(source.text_start), end: UInt64(source.text_end), bias: UInt64(source.bias),
            fileOffset: source.text_file_offset)
        images.insert(image, at: images.firstIndex { $0.start > image.start } ?? images.count)
        if wanted.contains(image) { tables[image] = unsafe readRows(source) }
    }

    /// The loader's name of a file, made absolute: relative ones count from a working directory that may be another by now.
    private static func path(_ loaders: String, start: UInt64) -> String {
        if loaders.isEmpty { return ProgramPath.current }
        if loaders == "linux-vdso.so.1" { return "[vdso]" }
        return loaders.hasPrefix("/") ? loaders : OwnMappings.path(at: start) ?? loaders
    }

    private func readRows(_ source: hearth_image) -> UnwindTable? {
        guard unsafe source.eh_frame != 0, unsafe source.eh_frame_end > source.eh_frame else { return nil }
        // SAFETY: the range lies in a segment of a file that cannot be unloaded while the loader's lock is held.
        let bytes = unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: source.eh_frame), count: Int(source.eh_frame_end - source.eh_frame))
        return unsafe UnwindTable(ehFrame: bytes.bytes, address: UInt64(source.eh_frame - source.bias))
    }
}
