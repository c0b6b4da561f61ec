import Foundation
import HearthTestRuns

/// A control group with a limit on CPU time, of version 1 or 2; gone when the value is, if its processes are.
final class CPUGroup: Sendable {
    struct Refused: Error {
        var reason: String
    }

    private let folder: URL

    /// Where a process writes its number to enter.
    var processesFile: String { folder.appendingPathComponent("cgroup.procs").path }

    /// Whether such a group can be made here: seldom without root, or in a container.
    static let isPermitted = (try? CPUGroup(thousandths: 500)) != nil

    /// - Parameter thousandths: of one processor.
    init(thousandths: Int) throws {
        let name = "hearth-chaos-\(UUID().uuidString)"
        let period = 100_000
        let quota = period * thousandths / 1_000
        // Version 1: a hierarchy of its own for the controller.
        let first = URL(fileURLWithPath: "/sys/fs/cgroup/cpu/\(name)")
        if unsafe mkdir(first.path, 0o755) == 0 {
            if Self.write("\(period)", first, "cpu.cfs_period_us"), Self.write("\(quota)", first, "cpu.cfs_quota_us") {
                folder = first
                return
            }
            unsafe rmdir(first.path)
        }
        // Version 2, alone or beside version 1.
        for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map({ URL(fileURLWithPath: $0) }) {
            let controllers = root.appendingPathComponent("cgroup.controllers")
            guard let offered = try? String(contentsOf: controllers, encoding: .utf8),
                offered.split(whereSeparator: \.isWhitespace).contains("cpu"),
                Self.write("+cpu", root, "cgroup.subtree_control")
            else { continue }
            let second = root.appendingPathComponent(name)
            guard unsafe mkdir(second.path, 0o755) == 0 else { continue }
            if Self.write("\(quota) \(period)", second, "cpu.max") {
                folder = second
                return
            }
            unsafe rmdir(second.path)
        }
        throw Refused(reason: "no control group with a CPU limit can be made")
    }

    deinit { unsafe rmdir(folder.path) }

    private static func write(_ text: String, _ folder: URL, _ name: String) -> Bool {
        guard let file = unsafe fopen(folder.appendingPathComponent(name).path, "w") else { return false }
        unsafe fputs(text, file)
        // The kernel refuses when the buffer is written.
        return unsafe fclose(file) == 0
    }
}
