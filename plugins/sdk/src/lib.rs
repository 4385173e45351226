//! What a plugin author uses: worlds, cursor, controls, test harness.
