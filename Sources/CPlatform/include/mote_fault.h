// Guard-page faults of guest code become traps; entry and recovery.
//
// A fault is ours when the thread's environment has an innermost activation marked inGuest and the address lies in
// the reservation of memory 0 of the environment's current instance: guard pages are only ever behind memory 0, so
// the handler reads nothing else. Everything else goes to the action that was installed before.
#ifndef MOTE_FAULT_H
#define MOTE_FAULT_H

#include "mote_layout.h"
#include <stdbool.h>

// TrapCode.memoryOutOfBounds of the engine.
#define MOTE_TRAP_MEMORY_OUT_OF_BOUNDS 3

enum { MOTE_BACKING_HEAP = 0, MOTE_BACKING_RESERVED = 1, MOTE_BACKING_CALLER = 2 };
enum { MOTE_BOUNDS_CHECKED = 0, MOTE_BOUNDS_GUARD = 1 };

// The environment that runs on this thread; null when none does. Set it on entry, restore what it was on exit.
MoteEnvironment *mote_get_current_environment(void);
void mote_set_current_environment(MoteEnvironment *environment);

// Installs the handler of SIGSEGV and SIGBUS once per process; false when the system refuses or the host has none.
bool mote_install_fault_handler(void);

// Calls `function(argument)` and returns its result. A fault of ours inside returns the trap code from here instead;
// the frames between are skipped, so they must own nothing. The raw pc and fp of the handler that faulted (its first
// two arguments, if they were still in their registers) are in trapPC and trapFP: the engine checks them.
uint32_t mote_enter(uint32_t (*function)(void *argument), void *argument, MoteActivation *activation);

#endif
