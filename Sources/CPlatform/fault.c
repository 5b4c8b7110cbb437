// REG_RIP and its kin.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "mote_fault.h"
#include "mote_system.h"

#include <signal.h>
#include <ucontext.h>

// initial-exec: reading it in a signal handler must not allocate.
static __thread MoteEnvironment *current __attribute__((tls_model("initial-exec")));

MoteEnvironment *mote_get_current_environment(void) { return current; }
void mote_set_current_environment(MoteEnvironment *environment) { current = environment; }

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

// In enter.S: continues mote_enter's caller with the trap code in the result register.
extern void mote_recover(void);

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// The frames that recovery skips are not left by a return, after which the sanitizer would forget them.
extern void __asan_handle_no_return(void);
#define FORGET_SKIPPED_FRAMES() __asan_handle_no_return()
#endif
#endif
#ifndef FORGET_SKIPPED_FRAMES
#define FORGET_SKIPPED_FRAMES() ((void)0)
#endif

static struct sigaction previousSegmentation;
static struct sigaction previousBus;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool isInstalled;

// The activation to recover to, or null when the fault is not ours.
static MoteActivation *owner(MoteEnvironment *environment, uintptr_t address) {
    if (environment == NULL) return NULL;
    MoteActivation *activation = environment->activation;
    if (activation == NULL || activation->inGuest != 1 || activation->nativeStackPointer == NULL) return NULL;
    MoteInstance *instance = environment->instance;
    if (instance == NULL || instance->memories == NULL) return NULL;
    MoteMemory *memory = instance->memories[0];
    if (memory == NULL || memory->bounds != MOTE_BOUNDS_GUARD) return NULL;
    return address - (uintptr_t)memory->base < memory->reservedInBytes ? activation : NULL;
}

static void chain(int number, siginfo_t *info, void *context) {
    struct sigaction *previous = number == SIGBUS ? &previousBus : &previousSegmentation;
    if (previous->sa_flags & SA_SIGINFO) {
        previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler == SIG_DFL || previous->sa_handler == SIG_IGN) {
        // The access is repeated when we return, and then ends the process as it would have without us. A signal
        // that somebody sent is not repeated by that, so it is raised again.
        signal(number, SIG_DFL);
        if (info->si_code <= 0) raise(number);
    } else {
        previous->sa_handler(number);
    }
}

static void handle(int number, siginfo_t *info, void *context) {
    MoteEnvironment *environment = current;
    // si_code > 0: the kernel's own, so si_addr is the access and not what a sender claims.
    MoteActivation *activation = info->si_code > 0 ? owner(environment, (uintptr_t)info->si_addr) : NULL;
    if (activation == NULL) {
        chain(number, info, context);
        return;
    }
    FORGET_SKIPPED_FRAMES();
    mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
    environment->trapCode = MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    activation->inGuest = 0;
#if defined(__x86_64__)
    environment->trapPC = (const void *)machine->gregs[REG_RDI];
    environment->trapFP = (uint64_t *)machine->gregs[REG_RSI];
    machine->gregs[REG_RIP] = (greg_t)mote_recover;
    machine->gregs[REG_RSP] = (greg_t)activation->nativeStackPointer;
    machine->gregs[REG_RAX] = MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
    // The calling convention wants the direction flag clear.
    machine->gregs[REG_EFL] &= ~(greg_t)0x400;
#else
    environment->trapPC = (const void *)machine->regs[0];
    environment->trapFP = (uint64_t *)machine->regs[1];
    machine->pc = (uintptr_t)mote_recover;
    machine->sp = (uintptr_t)activation->nativeStackPointer;
    machine->regs[0] = MOTE_TRAP_MEMORY_OUT_OF_BOUNDS;
#endif
}

static void install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    // On the alternate stack where the host has one; nothing here needs it.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    isInstalled = sigaction(SIGSEGV, &action, &previousSegmentation) == 0
        && sigaction(SIGBUS, &action, &previousBus) == 0;
}

bool mote_install_fault_handler(void) {
    pthread_once(&once, install);
    return isInstalled;
}

#else

bool mote_install_fault_handler(void) { return false; }

// No guard pages here, so nothing ever recovers.
uint32_t mote_enter(uint32_t (*function)(void *argument), void *argument, MoteActivation *activation) {
    activation->nativeStackPointer = NULL;
    return function(argument);
}

#endif
