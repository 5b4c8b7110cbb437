// The structures that every tier, C hosts and later native code read at fixed offsets.
// Changing one changes MOTE_LAYOUT_VERSION.
#ifndef MOTE_LAYOUT_H
#define MOTE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define MOTE_LAYOUT_VERSION 5

typedef struct MoteEnvironment MoteEnvironment;
typedef struct MoteActivation MoteActivation;
typedef struct MoteInstance MoteInstance;
typedef struct MoteFunction MoteFunction;
typedef struct MoteMemory MoteMemory;
typedef struct MoteTable MoteTable;
typedef struct MoteTag MoteTag;
typedef struct MoteCode MoteCode;
typedef struct MotePreparedCall MotePreparedCall;

// A host function. `slots` holds the parameters, 8 bytes each (v128: two), and takes the results over them.
// Returns a trap code; 0 is success. Called with the environment's caches (instance, memory) of the caller.
typedef uint32_t (*MoteHostFunction)(MoteEnvironment *environment, void *data, uint64_t *slots);

// What a funcref points to. A null funcref is 0.
struct MoteFunction {
    MoteInstance *instance;       // 0   wasm: the instance that defines it. host: null
    void *target;                 // 8   wasm: its code word, MoteCode **; host: its MoteHostFunction
    void *hostData;               // 16  host: its data; wasm: null
    uint32_t typeID;              // 24  canonical id of its function type in the runtime's type registry
    uint32_t functionIndex;       // 28  wasm: index in its module
    uint16_t parameterSlots;      // 32
    uint16_t resultSlots;         // 34
    uint8_t isHost;               // 36
    uint8_t reserved;             // 37  bits of MoteFunction.takesReferences and its kin
    uint16_t reserved2;           // 38
};

// Linear memory as the hot path sees it. Owned by MoteMemory's LinearMemory, which starts with this struct.
struct MoteMemory {
    uint8_t *base;                // 0   null when sizeInBytes is 0 and nothing is reserved
    uint64_t sizeInBytes;         // 8
    uint64_t pageCount;           // 16
    uint64_t maximumPageCount;    // 24  effective maximum (declared, overridden by limits)
    uint64_t reservedInBytes;     // 32  address range that faults belong to us; 0 for heap backing
    uint32_t pageSizeLog2;        // 40  16, or 0 with custom page sizes
    uint8_t backing;              // 44  0 heap, 1 reserved, 2 caller
    uint8_t bounds;               // 45  0 checked, 1 guard pages
    uint8_t is64;                 // 46
    uint8_t isShared;             // 47
};

struct MoteTable {
    uint64_t *elements;           // 0   references, 8 bytes each; null is 0
    uint64_t count;               // 8
    uint64_t capacity;            // 16
    uint64_t maximum;             // 24
    uint32_t elementType;         // 32  packed ValueType, canonical type ids
    uint8_t is64;                 // 36
    uint8_t reserved[3];          // 37
    MoteInstance *owner;          // 40
};

// A tag: exceptions of it carry values of its type's parameters. Two tags are the same if their addresses are.
struct MoteTag {
    uint32_t typeID;              // 0   canonical id of its function type
    uint16_t parameterSlots;      // 4
    uint16_t hasReferences;       // 6   1 if some value that exceptions carry is a reference
    MoteInstance *owner;          // 8   the instance that defines it; null for a tag of the host's
    const void *type;             // 16  its DefinedType (MoteModule)
};

// One translated function: this header, then instructions of 8-byte units.
struct MoteCode {
    uint64_t flags;               // 0   MOTE_CODE_*
    uint32_t frameSlots;          // 8   slots above fp that the function may touch (its callees' args included)
    uint32_t functionIndex;       // 12
    uint32_t sizeInBytes;         // 16  of header and instructions
    uint16_t parameterSlots;      // 20
    uint16_t resultSlots;         // 22
    uint16_t referenceStart;      // 24  reference range: [fp + start, fp + start + count)
    uint16_t referenceCount;      // 26
    uint32_t handlerTableOffset;  // 28  from the header to its table of exception handlers; 0: catches nothing
    // instructions follow at offset 32
};

// Its frame may go before it returns, for another function's.
enum { MOTE_CODE_TAIL_CALLS = 1 };

// One per entry from the host and per change of tier; lives on the operand stack, linked from the environment.
struct MoteActivation {
    MoteActivation *previous;     // 0
    uint32_t kind;                // 8   MOTE_ACTIVATION_*
    uint32_t inGuest;             // 12  1 while guest code runs: only then is a fault ours. MOTE_LEFT: see below
    uint64_t *operandPointer;     // 16  first free slot above this activation's frames (where a nested entry starts)
    const void *pc;               // 24  guest pc when it was left (host call, trap)
    uint64_t *fp;                 // 32  guest frame when it was left
    void *nativeStackPointer;     // 40  where recovery returns to
    MoteInstance *instance;       // 48  instance current when it was entered, restored on exit
    const MoteFunction *callee;   // 56  the host function that runs
};
enum { MOTE_ACTIVATION_ENTRY = 0, MOTE_ACTIVATION_HOST_CALL = 1 };
// An entry whose guest code calls a host function: operandPointer, pc, fp and callee say which and where. They mean
// nothing otherwise. At an import: pc and fp say it, and the instruction the rest.
enum { MOTE_LEFT = 2, MOTE_LEFT_AT_IMPORT = 3 };

// An instruction of the interpreter, as Handler in MoteEngine.
typedef intptr_t (*MoteHandler)(const void *pc, uint64_t *fp, void *memory, MoteEnvironment *environment, uint64_t r,
                                double d);

// The function that a host called last in an environment, so that the next call of it has nothing left to find out.
// Valid while the environment is not inside a call that began otherwise.
struct MotePreparedCall {
    const MoteFunction *function; // 0   (atomic) MOTE_UNPREPARED where there is none
    uint32_t cellCount;           // 8   cells of 32 bits that the parameters take
    uint16_t parameterKind;       // 12  0 none, 1 and 2 as many of one cell each, 3 others
    uint16_t resultKind;          // 14  cells of the result
    uint64_t wideParameters;      // 16  bits of the parameters that take two cells
    uint64_t *arguments;          // 24  where they go: behind the entry's activation
    uint64_t *fp;                 // 32  the frame, whose header is written
    const void *pc;               // 40  the function's first instruction
    // What runs from there: its handler, or what sets up the recovery from faults first.
    MoteHandler entry;            // 48
    MoteInstance *instance;       // 56  (atomic) whose function it is; stays where only `function` was taken back
    uint32_t *cells;              // 64  of the call that is inside
    uint32_t parameterCount;      // 72
    uint32_t takenCellCount;      // 76  the larger of parameters' and result's cells: 0 where no cells are wanted
};
#define MOTE_UNPREPARED ((const MoteFunction *)1)


// The context of every tier. One thread at a time runs in it.
struct MoteEnvironment {
    uint64_t *stackPeak;          // 0   highest slot any frame needed: calls above it take the cold path, which raises it
    uint64_t memorySizeInBytes;   // 8   of memory 0 of the current instance
    uint8_t *memoryBase;          // 16  of memory 0 of the current instance
    MoteInstance *instance;       // 24  current instance
    uint64_t *globals;            // 32  own globals of the current instance
    uint32_t interrupt;           // 40  (atomic)  0: run on. MOTE_INTERRUPT_*
    uint32_t trapCode;            // 44
    int64_t fuel;                 // 48
    MoteActivation *activation;   // 56  innermost
    const void *trapPC;           // 64  where the last trap happened
    uint64_t *trapFP;             // 72
    uint64_t *stackBase;          // 80
    uint64_t *stackLimit;         // 88  end of the operand stack
    void *spill[6];               // 96  the trampoline build: pc, fp, -, r, d; all: searches of shared heaps, stack asked for
    uint64_t hostDepth;           // 144
    int32_t wakeDescriptor;       // 152 (atomic)  eventfd that interrupts blocking host calls; -1 when none was made
    uint32_t hostStop;            // 156 (atomic) not 0: the call ends with a host error when its host function returns
    void *userData;               // 160  of the embedder
    void *hostError;              // 168  parked error of a host function (ring 1)
    void *store;                  // 176
    const void *pseudoCode;       // 184 the interpreter's stub, halt and restore instructions (MoteEngine, PseudoCode)
    uintptr_t nativeStackBoundary; // 192 host code is not entered on native stack below it; 0: unknown, or not checked
    uintptr_t nativeStackSize;    // 200 bytes from the boundary to that stack's end; 0: nobody knows
    void *thread;                 // 208 (atomic) the thread inside, see mote_thread_id; null: none. MOTE_COLLECTING
    MotePreparedCall prepared;    // 216
};
// In MoteEnvironment.thread: a collection keeps threads out.
#define MOTE_COLLECTING 1

enum { MOTE_INTERRUPT_NONE = 0, MOTE_INTERRUPT_TERMINATE = 1, MOTE_INTERRUPT_DEADLINE = 2 };

// What code reads of an instance; MoteEngine's InstanceState starts with this struct.
struct MoteInstance {
    uint64_t *globals;                    // 0   own globals, slot-addressed
    uint64_t **importedGlobals;           // 8   cells of imported globals
    MoteMemory **memories;                // 16  by memory index
    MoteTable **tables;                   // 24  by table index
    MoteFunction **importedFunctions;     // 32  by function index below the import count
    MoteCode **codeWords;                 // 40  (each word atomic) code table of this instance's variant, by defined function index
    MoteFunction *functionRecords;        // 48  records of own functions that may be referenced
    void *module;                         // 56  MoteModule's Module
    void *store;                          // 64
    uint32_t variant;                     // 72  bit 0 guard bounds, bit 1 fuel
    uint32_t flags;                       // 76
    const void *const *helpers;           // 80  helper table for native code
    MoteTag **tags;                       // 88  by tag index
    void *sharedHeap;                     // 96  (atomic) first of the attached chain: MoteMemory's SharedHeap; null: none
    // The guest's own stack, for writes of its stack pointer; only code of modules that have one reads them.
    uint64_t auxiliaryStackLowest;        // 104 lowest value yet: writes below it take the cold path, which lowers it
    uint64_t auxiliaryStackTop;           // 112 values above it are underflows
    uint64_t auxiliaryStackBoundary;      // 120 values at or below it are overflows; UINT64_MAX: nothing is checked
};

// Why a linear memory did not grow.
enum {
    MOTE_GROWTH_MAXIMUM_REACHED = 0,
    MOTE_GROWTH_GUEST_HEAP_CAP = 1,       // the cap of what lies from the heap's base on
    MOTE_GROWTH_OUT_OF_MEMORY = 2,
    MOTE_GROWTH_BUFFER_FULL = 3,          // the caller's buffer
    MOTE_GROWTH_SHARED_HEAP_IN_THE_WAY = 4,
};

// What a runtime's growth failure function is told.
typedef struct MoteGrowthFailure {
    uint32_t reason;              // MOTE_GROWTH_*
    uint32_t memoryIndex;         // of the instance; UINT32_MAX where it has no such memory
    uint64_t sizeInBytes;         // of the memory, before and after
    uint64_t requestedPageCount;  // pages that were to be added
    MoteInstance *instance;       // whose code asked, or that owns the memory; null for a memory of the host's
    MoteEnvironment *environment; // in which the guest asked; null when the host did
    MoteMemory *memory;
} MoteGrowthFailure;
typedef void (*MoteGrowthFailureFunction)(const MoteGrowthFailure *failure, void *userData);

#define MOTE_OFFSET(type, field, at) _Static_assert(offsetof(type, field) == at, #type "." #field)
MOTE_OFFSET(MoteFunction, target, 8);
MOTE_OFFSET(MoteFunction, typeID, 24);
_Static_assert(sizeof(MoteFunction) == 40, "MoteFunction");
MOTE_OFFSET(MoteMemory, sizeInBytes, 8);
_Static_assert(sizeof(MoteMemory) == 48, "MoteMemory");
MOTE_OFFSET(MoteTable, count, 8);
_Static_assert(sizeof(MoteTable) == 48, "MoteTable");
_Static_assert(sizeof(MoteTag) == 24, "MoteTag");
MOTE_OFFSET(MoteCode, handlerTableOffset, 28);
_Static_assert(sizeof(MoteCode) == 32, "MoteCode");
_Static_assert(sizeof(MoteActivation) == 64, "MoteActivation");
MOTE_OFFSET(MoteEnvironment, memorySizeInBytes, 8);
MOTE_OFFSET(MoteEnvironment, memoryBase, 16);
MOTE_OFFSET(MoteEnvironment, instance, 24);
MOTE_OFFSET(MoteEnvironment, globals, 32);
MOTE_OFFSET(MoteEnvironment, interrupt, 40);
MOTE_OFFSET(MoteEnvironment, fuel, 48);
MOTE_OFFSET(MoteEnvironment, activation, 56);
MOTE_OFFSET(MoteEnvironment, wakeDescriptor, 152);
MOTE_OFFSET(MoteEnvironment, nativeStackBoundary, 192);
MOTE_OFFSET(MoteEnvironment, hostStop, 156);
MOTE_OFFSET(MoteEnvironment, thread, 208);
MOTE_OFFSET(MotePreparedCall, instance, 56);
MOTE_OFFSET(MoteEnvironment, prepared, 216);
_Static_assert(sizeof(MotePreparedCall) == 80, "MotePreparedCall");
_Static_assert(sizeof(MoteEnvironment) == 296, "MoteEnvironment");
MOTE_OFFSET(MoteInstance, memories, 16);
MOTE_OFFSET(MoteInstance, codeWords, 40);
MOTE_OFFSET(MoteInstance, sharedHeap, 96);
MOTE_OFFSET(MoteInstance, auxiliaryStackLowest, 104);
_Static_assert(sizeof(MoteInstance) == 128, "MoteInstance");
#undef MOTE_OFFSET

#endif
