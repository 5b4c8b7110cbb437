// Threads that hosts ask for, and waking one out of a system call.
#ifndef MOTE_THREAD_H
#define MOTE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What it returns is nothing to anybody.
typedef void *(*MoteThreadBody)(void *argument);

// Starts a thread with a native stack of that many bytes (or the least that the system allows); false: none.
bool mote_thread_start(uintptr_t *thread, size_t stackSizeInBytes, MoteThreadBody body, void *argument);
void mote_thread_join(uintptr_t thread);

// Lets the signal of mote_thread_wake end system calls. It is SIGUSR1, which then does nothing; a handler that the host
// has for it stays.
void mote_prepare_wake_signal(void);
// Has the system call that the thread is in return EINTR, if its signal's handler is not one that restarts it.
void mote_thread_wake(uintptr_t thread);

// A note of the calling thread's, for hosts that ask whether they made it ready.
bool mote_thread_is_ready(void);
void mote_thread_set_ready(bool isReady);

#endif
