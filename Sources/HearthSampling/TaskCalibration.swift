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
                // The parent may still be on its way into its wait, on another thread.
                for _ in 0..<200 {
                    if hearth_tasks_calibrate(parent) { return true }
                    await Task.yield()
                }
                return false
            }
            return await group.next() ?? false
        }
    }
}
