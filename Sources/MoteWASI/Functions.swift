package import CPlatform
package import MotePlatform

/// The functions of `wasi_snapshot_preview1`, as the engine links them.
package enum WASIFunctions {
    /// The module name under which guests import them.
    package static var moduleName: Text { "wasi_snapshot_preview1" }

    /// One row: name, and letters for parameter and result types (`i` is i32, `I` is i64).
    package typealias Entry = (
        name: Text, parameters: Text, results: Text, function: MoteHostFunction
    )

    /// How many there are.
    package static var count: Int { 46 }

    // A switch and not a table: it needs no initialisation at run time. One line each, in the order of the names.
    // swift-format-ignore
    /// The function at an index below ``count``; the last one for any other.
    package static func entry(at index: Int) -> Entry {
        switch index {
        case 0: ("args_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.argsGet() } })
        case 1: ("args_sizes_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.argsSizesGet() } })
        case 2: ("clock_res_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.clockResGet() } })
        case 3: ("clock_time_get", "iIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.clockTimeGet() } })
        case 4: ("environ_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.environGet() } })
        case 5: ("environ_sizes_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.environSizesGet() } })
        case 6: ("fd_advise", "iIIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdAdvise() } })
        case 7: ("fd_allocate", "iII", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdAllocate() } })
        case 8: ("fd_close", "i", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdClose() } })
        case 9: ("fd_datasync", "i", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdDatasync() } })
        case 10: ("fd_fdstat_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFdstatGet() } })
        case 11: ("fd_fdstat_set_flags", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFdstatSetFlags() } })
        case 12: ("fd_fdstat_set_rights", "iII", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFdstatSetRights() } })
        case 13: ("fd_filestat_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFilestatGet() } })
        case 14: ("fd_filestat_set_size", "iI", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFilestatSetSize() } })
        case 15: ("fd_filestat_set_times", "iIIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdFilestatSetTimes() } })
        case 16: ("fd_pread", "iiiIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdPread() } })
        case 17: ("fd_prestat_dir_name", "iii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdPrestatDirName() } })
        case 18: ("fd_prestat_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdPrestatGet() } })
        case 19: ("fd_pwrite", "iiiIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdPwrite() } })
        case 20: ("fd_read", "iiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdRead() } })
        case 21: ("fd_readdir", "iiiIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdReaddir() } })
        case 22: ("fd_renumber", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdRenumber() } })
        case 23: ("fd_seek", "iIii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdSeek() } })
        case 24: ("fd_sync", "i", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdSync() } })
        case 25: ("fd_tell", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdTell() } })
        case 26: ("fd_write", "iiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.fdWrite() } })
        case 27: ("path_create_directory", "iii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathCreateDirectory() } })
        case 28: ("path_filestat_get", "iiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathFilestatGet() } })
        case 29: ("path_filestat_set_times", "iiiiIIi", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathFilestatSetTimes() } })
        case 30: ("path_link", "iiiiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathLink() } })
        case 31: ("path_open", "iiiiiIIii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathOpen() } })
        case 32: ("path_readlink", "iiiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathReadlink() } })
        case 33: ("path_remove_directory", "iii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathRemoveDirectory() } })
        case 34: ("path_rename", "iiiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathRename() } })
        case 35: ("path_symlink", "iiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathSymlink() } })
        case 36: ("path_unlink_file", "iii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pathUnlinkFile() } })
        case 37: ("poll_oneoff", "iiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.pollOneoff() } })
        case 38: ("proc_exit", "i", "", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.procExit() } })
        case 39: ("proc_raise", "i", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.procRaise() } })
        case 40: ("random_get", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.randomGet() } })
        case 41: ("sched_yield", "", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.schedYield() } })
        case 42: ("sock_accept", "iii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.sockUnsupported() } })
        case 43: ("sock_recv", "iiiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.sockUnsupported() } })
        case 44: ("sock_send", "iiiii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.sockUnsupported() } })
        default: ("sock_shutdown", "ii", "i", { WASICall.run($0, $1, $2) { c throws(WASIFault) in try c.sockShutdown() } })
        }
    }
}
