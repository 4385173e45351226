# escape=`
FROM windows
RUN dir `
  c:\
