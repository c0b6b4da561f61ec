internal import Glibc
internal import HearthFiles
internal import HearthProfile
internal import HearthStore
internal import HearthSyntheticService

/// The folder may not be written to for a while: at first, and again in the middle.
struct ReadOnlyFolder {
    var folder: String

    func run() throws {
        let store = folder + "/store"
        // Root writes everywhere; so it is somebody else who does this.
        if geteuid() == 0 {
            unsafe chown(folder, 65_534, 65_534)
            try Damage.unless(setgid(65_534) == 0 && setuid(65_534) == 0, "cannot become another user")
        }
        let check = StoreCheck(folder: store)
        unsafe chmod(folder, 0o500)
        for number in 0..<3 { try refuse(check, number) }
        unsafe chmod(folder, 0o700)
        try check.append(3)
        // The open segment is written all the same; a new one cannot be made.
        unsafe chmod(store, 0o500)
        try check.append(4)
        check.writer.close()
        try refuse(check, 5)
        try check.holds([3, 4])
        unsafe chmod(store, 0o700)
        try check.append(6)
        try check.holds([3, 4, 6])
        // A segment of somebody who may not be read by us is left out, and said.
        check.writer.close()
        let segments = try check.segments()
        unsafe chmod(segments[0], 0o000)
        let (windows, notes) = try ProfileStore(folder: store).windows()
        try Damage.unless(windows.count == 1 && notes.faultCount == 1, "\(windows.count) windows, \(notes)")
        print("refused as it should be: \(notes.warnings[0])")
    }

    private func refuse(_ check: StoreCheck, _ number: Int) throws {
        do {
            try check.append(number)
            throw Damage("window \(number) was taken in a folder that is read-only")
        } catch StoreError.file(let error) {
            try Damage.unless(error.code == EACCES, "\(error) in place of a refusal")
        }
    }
}
