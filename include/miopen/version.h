/* The version of MIOpen whose API and ABI this library provides. */
#ifndef GUARD_MIOPEN_VERSION_H_
#define GUARD_MIOPEN_VERSION_H_

#define MIOPEN_VERSION_MAJOR 3
#define MIOPEN_VERSION_MINOR 4
#define MIOPEN_VERSION_PATCH 0
#define MIOPEN_VERSION_TWEAK

#endif
