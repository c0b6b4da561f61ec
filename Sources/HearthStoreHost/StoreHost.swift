internal import Glibc
internal import HearthProfile
internal import HearthStore
internal import HearthSyntheticService

/// A process that writes a store in bad circumstances: `HearthStoreHost MODE FOLDER [ARGUMENT…]`. Run by HearthStoreTests.
@main
struct StoreHost {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { return fail("name a mode and a folder") }
        let rest = arguments.dropFirst(3).map { Int($0) ?? 0 }
        do {
            switch arguments[1] {
            case "append": try Appending(folder: arguments[2], seed: rest[0], count: rest[1], bytes: rest[2]).run()
            case "full": try FullDisk(folder: arguments[2]).run()
            case "file-size": try FileSizeLimit(folder: arguments[2]).run()
            case "read-only": try ReadOnlyFolder(folder: arguments[2]).run()
            default: fail("no mode \(arguments[1])")
            }
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ text: String) {
        print("damage: \(text)")
        exit(1)
    }
}

/// What a mode found wrong.
struct Damage: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    static func unless(_ isWell: Bool, _ description: @autoclosure () -> String) throws(Damage) {
        if !isWell { throw Damage(description()) }
    }
}

/// Appends window after window and says which are in.
struct Appending {
    var folder: String
    var seed: Int
    var count: Int
    /// Limit of the store.
    var bytes: Int

    func run() throws {
        var limits = StoreLimits()
        limits.bytes = bytes
        let service = SyntheticService(seed: UInt64(seed), .small)
        let process = StoredProcess(service: "host", pid: getpid(), labels: ["seed": "\(seed)"])
        let writer = StoreWriter(folder: folder, process: process, limits: limits)
        for number in 0..<count {
            try writer.append(service.window(number), workUnits: Int64(number))
            print(number)
            fflush(nil)
        }
        writer.close()
    }
}
