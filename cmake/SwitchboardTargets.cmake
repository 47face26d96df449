# Compiler settings that every target of this project shares.
function(switchboard_configure target)
    target_compile_definitions(${target} PRIVATE
        QT_NO_CAST_FROM_ASCII
        QT_NO_CAST_TO_ASCII
        QT_NO_FOREACH
        QT_NO_KEYWORDS
        QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
        QT_DISABLE_DEPRECATED_BEFORE=0x060400)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
        -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough
        -Wextra-semi -Wzero-as-null-pointer-constant)
    if(SWITCHBOARD_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(SWITCHBOARD_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${SWITCHBOARD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=${SWITCHBOARD_SANITIZE})
        # GCC takes the checks that the sanitizers put in for paths without a value.
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
endfunction()

# With SWITCHBOARD_PRECOMPILE, all targets that use Qt take its headers precompiled from this one.
if(SWITCHBOARD_PRECOMPILE)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Core Network)
    file(CONFIGURE OUTPUT precompiled.cpp CONTENT "#include <QtCore>\n")
    add_library(switchboard_precompiled OBJECT "${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp")
    target_link_libraries(switchboard_precompiled PRIVATE Qt6::Core)
    # Not linked: its definition would have to be that of every target.
    target_include_directories(switchboard_precompiled SYSTEM PRIVATE ${Qt6Network_INCLUDE_DIRS})
    switchboard_configure(switchboard_precompiled)
    target_precompile_headers(switchboard_precompiled PRIVATE "${CMAKE_CURRENT_LIST_DIR}/precompiled.h")
endif()

function(switchboard_use_precompiled target)
    if(SWITCHBOARD_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM switchboard_precompiled)
    endif()
endfunction()

# switchboard_add_library(NAME SOURCES… [LIBRARIES…]): a static library switchboard_NAME with the alias
# Switchboard::NAME. Its headers are included by their path below the folder above it ("redis/redisurl.h").
function(switchboard_add_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "INCLUDE_ROOT" "SOURCES;LIBRARIES")
    if(NOT arg_INCLUDE_ROOT)
        cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH arg_INCLUDE_ROOT)
    endif()
    add_library(switchboard_${name} STATIC ${arg_SOURCES})
    add_library(Switchboard::${name} ALIAS switchboard_${name})
    target_include_directories(switchboard_${name} PUBLIC "$<BUILD_INTERFACE:${arg_INCLUDE_ROOT}>")
    target_link_libraries(switchboard_${name} PUBLIC ${arg_LIBRARIES})
    switchboard_configure(switchboard_${name})
    if("Qt6::Core" IN_LIST arg_LIBRARIES)
        switchboard_use_precompiled(switchboard_${name})
    endif()
endfunction()

# switchboard_add_test(NAME [BOTH_ENGINES] [LIBRARIES…] [SOURCES…] [LABELS…]): a Qt Test program tst_NAME made from
# tst_NAME.cpp. With BOTH_ENGINES it runs twice: as NAME, and as NAME_qt, labelled "qt", with daemons on QtWebSockets.
function(switchboard_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "BOTH_ENGINES" "" "LIBRARIES;SOURCES;LABELS")
    add_executable(tst_${name} tst_${name}.cpp ${arg_SOURCES})
    target_link_libraries(tst_${name} PRIVATE Qt6::Test ${arg_LIBRARIES})
    switchboard_configure(tst_${name})
    switchboard_use_precompiled(tst_${name})
    set(timeout 300)
    if(SWITCHBOARD_SANITIZE)
        set(timeout 900) # ThreadSanitizer makes some ten times slower
    endif()
    add_test(NAME ${name} COMMAND tst_${name})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${timeout}
        LABELS "${arg_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
    if(arg_BOTH_ENGINES)
        add_test(NAME ${name}_qt COMMAND tst_${name})
        set_tests_properties(${name}_qt PROPERTIES
            TIMEOUT ${timeout}
            LABELS "${arg_LABELS};qt"
            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;SWITCHBOARD_TEST_ENGINE=qt")
    endif()
endfunction()
