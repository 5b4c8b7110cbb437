#include "mote_layout.h"
#include "mote_system.h"
#include "mote_wasi.h"
