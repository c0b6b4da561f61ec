internal import CHearthSampler

/// Lets the handler find the task that a child task was made by: a task waits for a child, and the child looks where the
/// handler would.
enum TaskCalibration {
    /// True when the callers of parent tasks will be seen. To be called in a task that is no child.
    static func run() async -> Bool {
        let parent = hearth_tasks_note_running()
        guard parent != 0 else { return false }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // The parent may still be on its way into its wait, on another thread, and that thread may have to wait for a
                // processor: yields alone are over in less than a millisecond.
                for attempt in 0..<700 {
                    if hearth_tasks_calibrate(parent) { return true }
                    if attempt < 200 { await Task.yield() } else { try? await Task.sleep(for: .milliseconds(1)) }
                }
                return false
            }
            return await group.next() ?? false
        }
    }
}
