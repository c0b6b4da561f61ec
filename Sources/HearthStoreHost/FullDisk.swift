internal import Glibc
internal import HearthFiles
internal import HearthProfile
internal import HearthStore
internal import HearthSyntheticService

/// The folder is a file system that is small. It is filled by somebody else's file, so that windows do not fit; when that is
/// gone they do again. Windows that were in stay in.
struct FullDisk {
    var folder: String

    func run() throws {
        let ballast = folder + "/ballast"
        let check = StoreCheck(folder: folder + "/store")
        var appended = Set(0..<20)
        for number in 0..<20 { try check.append(number) }
        let size = fill(ballast)
        var refused = 0
        for number in 20..<60 {
            do {
                try check.append(number)
                appended.insert(number)
            } catch StoreError.file(let error) {
                try Damage.unless(error.code == ENOSPC, "\(error) in place of a full disk")
                refused += 1
            }
            try check.holds(appended)
        }
        try Damage.unless(refused > 20, "only \(refused) windows refused on a full disk")
        unsafe unlink(ballast)
        for number in 60..<80 {
            try check.append(number)
            appended.insert(number)
        }
        try check.holds(appended)
        try Damage.unless(check.writer.statistics.lostWindows == refused, "\(check.writer.statistics)")
        check.writer.close()
        try check.holds(appended)
        print("\(size) bytes of ballast, \(refused) windows refused, \(appended.count) windows in the store")
    }

    /// Writes until there is no room.
    private func fill(_ path: String) -> Int {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 4_096)
        var size = 0
        while true {
            let count = unsafe write(descriptor, bytes, bytes.count)
            guard count > 0 else { return size }
            size += count
        }
    }
}

/// Files may not grow beyond a size: writes are cut in the middle of a record, then refused.
struct FileSizeLimit {
    var folder: String

    func run() throws {
        signal(SIGXFSZ, SIG_IGN)
        let check = StoreCheck(folder: folder)
        var appended: Set<Int> = []
        for number in 0..<5 {
            try check.append(number)
            appended.insert(number)
        }
        // Every length at which a record can be cut off.
        let size = check.segmentSize()
        var refused = 0
        for length in size..<size + 3_000 {
            var limit = rlimit(rlim_cur: rlim_t(length), rlim_max: .max)
            unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
            do {
                try check.append(5)
                appended.insert(5)
                break
            } catch StoreError.file(let error) {
                try Damage.unless(error.code == EFBIG, "\(error) in place of a file that is too large")
                refused += 1
            }
            try Damage.unless(check.segmentSize() == size, "a record that was refused has left bytes")
        }
        try check.holds(appended)
        try Damage.unless(refused > 100 && appended.contains(5), "\(refused) windows refused")
        print("\(refused) windows refused, \(appended.count) windows in the store")
    }
}
