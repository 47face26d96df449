# Debian packages of what install() puts into the components server, monitor and bench: `cpack -G DEB`.
set(SWITCHBOARD_PACKAGE_CONTACT "Switchboard developers <switchboard@packages.invalid>"
    CACHE STRING "Who maintains the packages: name and address")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${SWITCHBOARD_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_VENDOR "Switchboard")
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_COMPONENTS_ALL server monitor bench)
set(CPACK_STRIP_FILES ON)
# Each package has a line of its own.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME switchboard-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS redis-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "switchboard-monitor, switchboard-bench")
set(CPACK_COMPONENT_SERVER_DESCRIPTION "WebSocket server that scales over many processes through Redis
A daemon, one a port, serves WebSocket and HTTP clients and relays chat,
chat rooms and pings through Redis, so that a message sent to any daemon
reaches every client on all of them.

Each instance of the unit switchboard@.service is a daemon on one port.")
set(server_control "${CMAKE_CURRENT_SOURCE_DIR}/packaging/debian/server")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    "${server_control}/conffiles;${server_control}/postinst;${server_control}/prerm;${server_control}/postrm")

set(CPACK_DEBIAN_MONITOR_PACKAGE_NAME switchboard-monitor)
# Without it a Qt program finds no screen.
set(CPACK_DEBIAN_MONITOR_PACKAGE_DEPENDS qt6-qpa-plugins)
set(CPACK_COMPONENT_MONITOR_DESCRIPTION "desktop monitor of a Switchboard cluster
Connects to any one daemon of switchboard-server and shows the whole
cluster live: nodes, clients, rooms, messages, pings and charts.")

set(CPACK_DEBIAN_BENCH_PACKAGE_NAME switchboard-bench)
set(CPACK_COMPONENT_BENCH_DESCRIPTION "load tool for WebSocket servers
Loads WebSocket servers and measures what that costs them: their CPU time
for each message that they deliver, their memory for each client, and how
long messages take. Counts what is lost, doubled or out of order.")

# Of the latest commit, so that the same sources make the same packages.
execute_process(COMMAND git -C "${CMAKE_CURRENT_SOURCE_DIR}" log -1 --format=%aD
    OUTPUT_VARIABLE SWITCHBOARD_CHANGELOG_DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT SWITCHBOARD_CHANGELOG_DATE)
    set(SWITCHBOARD_CHANGELOG_DATE "Thu, 01 Jan 1970 00:00:00 +0000")
endif()
configure_file(packaging/debian/changelog.in packaging/changelog @ONLY)
if(GZIP)
    add_custom_command(OUTPUT packaging/changelog.Debian.gz
        COMMAND "${GZIP}" -9nc packaging/changelog > packaging/changelog.Debian.gz
        DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/packaging/changelog")
    add_custom_target(debian-changelog ALL DEPENDS packaging/changelog.Debian.gz)
    foreach(component IN LISTS CPACK_COMPONENTS_ALL)
        set(doc "${CMAKE_INSTALL_DATAROOTDIR}/doc/switchboard-${component}")
        install(FILES packaging/debian/copyright DESTINATION "${doc}" COMPONENT ${component})
        install(FILES "${CMAKE_CURRENT_BINARY_DIR}/packaging/changelog.Debian.gz"
            DESTINATION "${doc}" COMPONENT ${component})
    endforeach()
endif()

include(CPack)
