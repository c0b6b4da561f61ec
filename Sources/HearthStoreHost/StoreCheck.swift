internal import HearthProfile
internal import HearthStore
internal import HearthSyntheticService

#if canImport(Glibc)
internal import Glibc
#endif

/// A writer of known windows, and the comparison of the store with them.
final class StoreCheck {
    let folder: String
    let writer: StoreWriter
    private let service = SyntheticService(seed: 7, .small)

    init(folder: String) {
        self.folder = folder
        writer = StoreWriter(folder: folder, process: StoredProcess(service: "host"))
    }

    func append(_ number: Int) throws { try writer.append(service.window(number)) }

    /// Throws unless the store holds these windows, as they were, and no others.
    func holds(_ numbers: Set<Int>) throws {
        var found: Set<Int> = []
        let notes = try ProfileStore(folder: folder).forEachWindow { (window, profile) throws(Damage) in
            let number = Int((window.startTime - SyntheticService.firstStart) / SyntheticService.windowDuration)
            let expected = service.window(number)
            try Damage.unless(profile.canonicalRows == expected.canonicalRows, "window \(number) is another")
            try Damage.unless(profile.head == expected.head, "window \(number) says \(profile.head)")
            try Damage.unless(found.insert(number).inserted, "window \(number) is there twice")
        }
        try Damage.unless(notes.faultCount == 0, "\(notes.warnings)")
        try Damage.unless(found == numbers, "windows \(found.sorted()) in place of \(numbers.sorted())")
    }

    func segments() throws -> [String] {
        guard let listing = unsafe opendir(folder) else { throw Damage("no folder \(folder)") }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasSuffix(".segment") { names.append("\(folder)/\(name)") }
        }
        return names.sorted()
    }

    /// Bytes of the newest segment.
    func segmentSize() -> Int {
        var status = stat()
        guard let last = try? segments().last, unsafe stat(last, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }
}
